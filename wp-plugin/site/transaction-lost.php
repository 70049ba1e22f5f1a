<?php
/**
 * The transaction ended before its commit, by another's doing: what was written may be stored in part, or not at all.
 *
 * @package AgileBridge
 */

declare(strict_types=1);

namespace AgileBridge\Plugin\Site;

defined( 'ABSPATH' ) || exit;

final class TransactionLost extends \RuntimeException {}
