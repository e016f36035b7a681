#!/bin/sh
# Makes the keys and certificates of this folder anew, valid from 2020 to 2120. They protect nothing: tests use
# them on the loopback device. They are committed because not every machine that runs the tests has openssl.
#
#   ca          an authority                        signs server, renewed, client and issuing
#   issuing     an authority below ca               signs nothing; client_ca_file cannot be it alone
#   server      localhost, 127.0.0.1 and ::1        for servers only
#   renewed     the same, with a key of its own     for servers only
#   client      a client with a name of each kind
#   stranger    a client with the same DNS name     signed by itself
#   lone        localhost, 127.0.0.1 and ::1        signed by itself
#   expired     the same                            signed by itself, valid from 2020 to 2021
set -eu
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

authority='basicConstraints=critical,CA:TRUE
keyUsage=critical,keyCertSign,cRLSign'
server='subjectAltName=DNS:localhost,IP:127.0.0.1,IP:::1
extendedKeyUsage=serverAuth'
client='subjectAltName=DNS:prometheus.test,IP:192.0.2.7,IP:2001:db8::7,email:ops@example.test,URI:spiffe://example.test/prometheus
extendedKeyUsage=clientAuth'
stranger='subjectAltName=DNS:prometheus.test
extendedKeyUsage=clientAuth'

: >"$work/index.txt"
cat >"$work/ca.conf" <<END
[ca]
default_ca = own
[own]
database = $work/index.txt
new_certs_dir = $work
rand_serial = yes
default_md = sha256
policy = names
default_startdate = 20200101000000Z
default_enddate = 21200101000000Z
[names]
commonName = supplied
END

# sign NAME KEY EXTENSIONS SIGNER...: makes the key, and a certificate for it.
sign() {
	name=$1 key=$2
	openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$key"
	openssl req -new -key "$key" -subj "/CN=fettle test $name" -out "$work/request"
	printf '%s\n' "$3" >"$work/extensions"
	shift 3
	openssl ca -batch -notext -config "$work/ca.conf" -in "$work/request" -extfile "$work/extensions" -out "$name.crt" "$@"
}

sign ca "$work/ca.key" "$authority" -selfsign -keyfile "$work/ca.key"
by_ca="-keyfile $work/ca.key -cert ca.crt"
# shellcheck disable=SC2086 # two options with a value each
{
	sign issuing "$work/issuing.key" "$authority" $by_ca
	sign server server.key "$server" $by_ca
	sign renewed renewed.key "$server" $by_ca
	sign client client.key "$client" $by_ca
}
sign stranger stranger.key "$stranger" -selfsign -keyfile stranger.key
sign lone lone.key "$server" -selfsign -keyfile lone.key
sign expired expired.key "$server" -selfsign -keyfile expired.key -enddate 20210101000000Z
