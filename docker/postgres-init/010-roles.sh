#!/bin/sh
# Runs once, when the database's volume is empty. Two roles: `waybill_owner` owns the schema and migrates it, and
# `waybill_service` may only do what migrations grant. Neither is a superuser, and nobody else may enter its database.
set -eu

psql --no-psqlrc --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres \
  --set owner_password="$WAYBILL_OWNER_PASSWORD" --set service_password="$WAYBILL_SERVICE_PASSWORD" <<'SQL'
CREATE ROLE waybill_owner LOGIN PASSWORD :'owner_password';
CREATE ROLE waybill_service LOGIN PASSWORD :'service_password';
CREATE DATABASE waybill OWNER waybill_owner ENCODING 'UTF8' TEMPLATE template0;
REVOKE ALL ON DATABASE waybill FROM PUBLIC;
GRANT CONNECT ON DATABASE waybill TO waybill_service;
\connect waybill
REVOKE ALL ON SCHEMA public FROM PUBLIC;
ALTER SCHEMA public OWNER TO waybill_owner;
GRANT USAGE ON SCHEMA public TO waybill_service;
SQL
