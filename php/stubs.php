<?php
/**
 * Makes agile_bridge.stub.php from the loaded extension, or checks that it matches.
 *
 *     php -d extension=…/libagile_bridge.so php/stubs.php          writes the file
 *     php -d extension=…/libagile_bridge.so php/stubs.php --check  exits 1 if it would write something else
 *
 * Signatures come from reflection on what PHP really sees; the comment above each (shapes, meaning) is kept from the
 * present file, since no reflection knows it.
 */

declare(strict_types=1);

const STUB_FILE = __DIR__ . '/agile_bridge.stub.php';

/**
 * The doc comments of the present file, by the name of what follows them ('receive_webhook', 'AgileCrm::contact').
 *
 * @return array<string, string>
 */
function comments_of( string $code ): array {
	$comments = array();
	$comment  = '';
	$class    = '';
	$tokens   = array_values( array_filter( PhpToken::tokenize( $code ), fn( $token ) => ! $token->is( T_WHITESPACE ) ) );
	foreach ( $tokens as $index => $token ) {
		$next = $tokens[ $index + 1 ]->text ?? '';
		if ( $token->is( T_DOC_COMMENT ) ) {
			$comment = $token->text;
		} elseif ( $token->is( array( T_CLASS, T_FUNCTION, T_CONST ) ) ) {
			$class             = $token->is( T_CLASS ) ? $next : $class;
			$name              = '' !== $class && $token->is( T_FUNCTION ) ? "$class::$next" : $next;
			$comments[ $name ] = $comment;
			$comment           = '';
		}
	}
	return $comments;
}

/** `function name(string $a, ?array $b = null): string`, as reflection tells it. */
function signature( ReflectionFunctionAbstract $function ): string {
	$parameters = array();
	foreach ( $function->getParameters() as $parameter ) {
		$default      = $parameter->isOptional() && $parameter->isDefaultValueAvailable()
			? ' = ' . var_export( $parameter->getDefaultValue(), true )
			: '';
		$parameters[] = trim( $parameter->getType() . ' $' . $parameter->getName() ) . $default;
	}
	$return = $function->hasReturnType() ? ': ' . $function->getReturnType() : '';
	return sprintf( 'function %s(%s)%s {}', $function->getShortName(), implode( ', ', $parameters ), $return );
}

/** A declaration under its comment. */
function documented( string $comment, string $declaration, string $indent = '' ): string {
	$above = '' === $comment ? '' : $indent . preg_replace( '/\n\s*\*/', "\n$indent *", $comment ) . "\n";
	return "$above$indent$declaration\n";
}

/** @param array<string, string> $comments */
function class_stub( ReflectionClass $class, array $comments ): string {
	$parent  = $class->getParentClass();
	$name    = $class->getShortName();
	$head    = ( $class->isFinal() ? 'final ' : '' ) . "class $name" . ( $parent ? ' extends \\' . $parent->getName() : '' );
	$methods = array();
	foreach ( $class->getMethods() as $method ) {
		if ( $method->getDeclaringClass()->getName() === $class->getName() ) {
			$declaration = implode( ' ', Reflection::getModifierNames( $method->getModifiers() ) ) . ' ' . signature( $method );
			$methods[]   = documented( $comments[ "$name::" . $method->getName() ] ?? '', $declaration, "\t" );
		}
	}
	$body = array() === $methods ? '' : "\n" . implode( "\n", $methods );
	return documented( $comments[ $name ] ?? '', $head . ' {' . $body . '}' );
}

if ( ! extension_loaded( 'agile_bridge' ) ) {
	fwrite( STDERR, "The extension agile_bridge is not loaded: add -d extension=…/libagile_bridge.so\n" );
	exit( 2 );
}
$present   = is_file( STUB_FILE ) ? (string) file_get_contents( STUB_FILE ) : '';
$comments  = comments_of( $present );
$extension = new ReflectionExtension( 'agile_bridge' );
$parts     = array();
foreach ( $extension->getConstants() as $name => $value ) {
	$short   = substr( strrchr( $name, '\\' ), 1 );
	$parts[] = documented( $comments[ $short ] ?? '', "const $short = " . var_export( $value, true ) . ';' );
}
foreach ( $extension->getFunctions() as $function ) {
	$parts[] = documented( $comments[ $function->getShortName() ] ?? '', signature( $function ) );
}
foreach ( $extension->getClasses() as $class ) {
	$parts[] = class_stub( $class, $comments );
}
$code = "<?php\n// What the extension agile_bridge gives to PHP, for editors and analysers. Made by php/stubs.php; never loaded.\n\n"
	. "namespace AgileBridge;\n\n" . implode( "\n", $parts );

if ( in_array( '--check', $argv, true ) ) {
	if ( $code !== $present ) {
		fwrite( STDERR, "php/agile_bridge.stub.php does not match the extension. Run php/stubs.php and read the difference.\n" );
		exit( 1 );
	}
	echo "php/agile_bridge.stub.php matches the extension.\n";
} else {
	file_put_contents( STUB_FILE, $code );
}
