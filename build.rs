//! Link options for a library that PHP loads at run time.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    match std::env::var("CARGO_CFG_TARGET_OS").as_deref() {
        // PHP unmaps extensions at shutdown; Rust's thread-locals are destroyed after that and must still be there.
        Ok("linux") => println!("cargo::rustc-cdylib-link-arg=-Wl,-z,nodelete"),
        // PHP's symbols are found when PHP loads the library.
        Ok("macos") => {
            println!("cargo::rustc-cdylib-link-arg=-undefined");
            println!("cargo::rustc-cdylib-link-arg=dynamic_lookup");
        }
        _ => {}
    }
}
