-- The role that pgtopo logs in as on its own node, by peer authentication. On a primary, once:
--   sudo -u postgres psql -f /usr/share/pgtopo/role.sql
CREATE ROLE pgtopo LOGIN CONNECTION LIMIT 5;
GRANT pg_monitor TO pgtopo;
-- No default_transaction_read_only for it: pgtopo makes its sessions read-only itself, and takes the setting for the server's.
