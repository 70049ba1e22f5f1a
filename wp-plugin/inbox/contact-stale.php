<?php
/**
 * A newer state of the contact was written while ours was under way.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Inbox;

defined( 'ABSPATH' ) || exit;

final class ContactStale extends \RuntimeException {}
