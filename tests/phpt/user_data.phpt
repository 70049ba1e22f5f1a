--TEST--
A contact and a field map become user data; what a filter returns passes the same guards
--EXTENSIONS--
agile_bridge
--FILE--
<?php
$property = fn( $name, $value, $subtype = '', $type = 'CUSTOM' ) => compact( 'type', 'name', 'subtype', 'value' );
$contact  = array(
	'id' => '5', 'type' => 'PERSON', 'tags' => array( 'Lead' ), 'created_time' => 1, 'updated_time' => null,
	'properties' => array(
		$property( 'email', 'Ana@Example.com', 'work', 'SYSTEM' ),
		$property( 'first_name', 'Ana', '', 'SYSTEM' ),
		$property( 'Interests', 'a, b' ),
		$property( 'Birthday', '1479580200' ),
		$property( 'Seats', 'many' ),
	),
);
$map      = array(
	array( 'crm' => 'Interests', 'wp' => 'interests', 'type' => 'multiselect', 'when_empty' => 'keep' ),
	array( 'crm' => 'Birthday', 'wp' => 'birthday', 'type' => 'date' ),
	array( 'crm' => 'Seats', 'wp' => 'seats', 'type' => 'number' ),
	array( 'crm' => 'Gone', 'wp' => 'gone', 'when_empty' => 'clear' ),
	array( 'crm' => 'Rights', 'wp' => 'wp_capabilities' ),
	'no rule at all',
);
echo json_encode( AgileBridge\user_data( $contact, $map, 'Asia/Kolkata' ), JSON_PRETTY_PRINT ), "\n";
echo json_encode( AgileBridge\check_field_map( $map )['refused'] ), "\n";
echo json_encode( AgileBridge\guard_user_data( array( 'user_email' => ' A@B.co', 'a' => 1, 'b' => array( true, 'x' ), 'c' => null, 'ID' => 5, 7 => 'x', 'o' => new stdClass() ) ) ), "\n";
echo json_encode( AgileBridge\guard_user_data( array( "tags\xe9" => 1, 'k' => array( "a\xff" => 'x' ) ) ) ), "\n";
var_dump( AgileBridge\normalize_email( 'ádmin@example.com' ), AgileBridge\display_name( '', '', 'ana@example.com' ), AgileBridge\login_candidates( 'o\'brien+x@example.com', '5' )[1] );
?>
--EXPECT--
{
    "data": {
        "birthday": "2016-11-20",
        "first_name": "Ana",
        "gone": "",
        "interests": [
            "a",
            "b"
        ],
        "user_email": "ana@example.com"
    },
    "text": [],
    "emails": [
        "ana@example.com"
    ],
    "emails_whole": true,
    "email_problem": null,
    "notes": [
        "value_refused:seats"
    ]
}
[{"index":4,"wp":"wp_capabilities","reason":"this key is WordPress' own and is never written from a contact"},{"index":5,"wp":"","reason":"the name of the CRM property is missing"}]
{"data":{"a":"1","b":["1","x"],"user_email":"a@b.co"},"notes":["value_refused:7","value_refused:ID","value_refused:c","value_refused:o"]}
{"data":{"k":["x"]},"notes":["value_refused:?"]}
NULL
string(3) "ana"
string(9) "obrienx-5"
