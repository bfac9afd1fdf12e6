import { createHmac } from 'node:crypto'
import pg from 'pg'

/** Who serves on the embedded PostgreSQL. */
const embeddedRole = 'placekeeper_service'

/**
 * Makes the role that serves on a server of our own, if it is missing, and returns the address with which it connects.
 * Its password follows from the owner's, and does not tell it.
 */
export async function openServiceRole (client: pg.ClientBase, ownerUrl: string): Promise<string> {
  const url = new URL(ownerUrl)
  url.password = createHmac('sha256', decodeURIComponent(url.password)).update(embeddedRole).digest('base64url')
  url.username = embeddedRole
  const { rowCount } = await client.query('SELECT FROM pg_roles WHERE rolname = $1', [embeddedRole])
  if (rowCount === 1) return url.href
  await client.query(`CREATE ROLE ${embeddedRole} LOGIN PASSWORD '${url.password}'`).catch(error => {
    // Another process that attached at the same moment made it.
    if (!['42710', '23505'].includes(error.code)) throw error
  })
  return url.href
}

/** The role that serves; undefined if that is the owner. */
export function serviceRoleOf (url: string, ownerUrl: string): string | undefined {
  const [service, owner] = [url, ownerUrl].map(address => decodeURIComponent(new URL(address).username))
  return service === owner ? undefined : service
}

/**
 * Lets a role serve: it reads and writes rows, and makes, changes and drops nothing. The audit trail it reads and adds
 * to; which migrations are applied it reads. Given anew after each migration: a new table is its owner's alone.
 */
export async function letServe (client: pg.ClientBase, role: string): Promise<void> {
  const { rows: [row] } = await client.query<{ schema: string }>('SELECT current_schema() AS schema')
  const ours = `${pg.escapeIdentifier(row?.schema ?? 'public')}, pgboss`
  const service = pg.escapeIdentifier(role)
  await client.query(`
    REVOKE CREATE ON SCHEMA ${ours} FROM PUBLIC, ${service};
    GRANT USAGE ON SCHEMA ${ours} TO ${service};
    GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA ${ours} TO ${service};
    GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA ${ours} TO ${service};
    REVOKE UPDATE, DELETE ON audit_entries FROM ${service};
    REVOKE INSERT, UPDATE, DELETE ON _prisma_migrations FROM ${service};
    GRANT EXECUTE ON FUNCTION forget_entries(timestamptz) TO ${service}`)
}

/** True if the role of this connection could change what is in the audit trail, or the tables themselves. */
export async function mayChangeTrail (url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    const { rows: [row] } = await client.query<{ may: boolean }>(
      "SELECT has_table_privilege('audit_entries', 'UPDATE, DELETE, TRUNCATE') AS may")
    return row?.may ?? false
  } finally {
    await client.end()
  }
}
