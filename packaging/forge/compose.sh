#!/usr/bin/env bash
# packaging/compose.yaml, from nothing to a user made by a webhook. Needs dist/ and Docker.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

compose() { UNSIGNED=1 docker compose --file packaging/compose.yaml "$@"; }
# shellcheck disable=SC2317 # by trap
leave() {
  compose logs --tail 50
  compose down --volumes
}
trap leave EXIT
compose up --build --detach
# WordPress is copied into its volume first, and the database has to come.
curl --silent --show-error --fail --output /dev/null --retry 60 --retry-delay 2 --retry-all-errors localhost:8080/wp-admin/install.php
compose cp tests/site/php/install.php wordpress:/tmp/install.php
compose exec -T --user www-data wordpress php /tmp/install.php /var/www/html http://localhost:8080
# shellcheck disable=SC2016 # PHP
compose exec -T --user www-data wordpress php -r '$_SERVER["HTTP_HOST"] = "localhost:8080"; require "/var/www/html/wp-load.php";
  require_once ABSPATH . "wp-admin/includes/plugin.php"; exit( null === activate_plugin( "bridge-for-agile-crm/bridge-for-agile-crm.php" ) ? 0 : 1 );'
contact="$(curl --silent --fail localhost:8090/sandbox/contacts | jq --raw-output '[.. | objects | select(.type? == "PERSON") | .id] | first')"
answer="$(curl --silent "localhost:8080/?wpf_action=add&access_key=an-example-access-key&contact_id=$contact")"
echo "$answer"
[ "$(jq --raw-output .wp_status <<<"$answer")" = created ]
