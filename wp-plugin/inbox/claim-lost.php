<?php
/**
 * The claim went to somebody else: whatever this worker found is theirs to find again.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Inbox;

defined( 'ABSPATH' ) || exit;

final class ClaimLost extends \RuntimeException {}
