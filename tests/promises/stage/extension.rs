//! The extension, taken away from a site and put back, as a PHP upgrade and its repair do it.

use crate::stage::world::World;

impl World {
    /// From the next request on, and from the next call of the command line on.
    pub fn has_extension(&self, has: bool) {
        self.write_extension_line(has);
        self.site.reload_fpm();
    }

    /// The same for the command line alone, and for whatever starts anew.
    pub fn write_extension_line(&self, has: bool) {
        let path = self.site.dir().join("php/90-site.ini");
        let text = std::fs::read_to_string(&path).expect("the site's ini file");
        let mut lines: Vec<&str> = text.lines().filter(|line| !line.starts_with("extension = ")).collect();
        let line = format!("extension = {}", site::extension().display());
        if has {
            lines.push(&line);
        }
        // Renamed when complete, so that no PHP reads half of it.
        let new = path.with_extension("new");
        std::fs::write(&new, lines.join("\n") + "\n").expect("a file");
        std::fs::rename(&new, &path).expect("a file");
    }
}
