<?php
/**
 * Who the contact is has changed since that was decided.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\User;

defined( 'ABSPATH' ) || exit;

final class UserChanged extends \RuntimeException {}
