/** Our own objects: neither PostgreSQL's, nor an extension's, nor Prisma's list of migrations. */
const ours = (alias: string, catalogue: string): string => `
  ${alias}.namespace !~ '^(pg_|information_schema$)'
  AND NOT EXISTS (
    SELECT FROM pg_depend d
     WHERE d.classid = '${catalogue}'::regclass AND d.objid = ${alias}.oid AND d.deptype = 'e')`;

const relations = `(
  SELECT c.*, n.nspname AS namespace, n.nspname || '.' || c.relname AS name
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
   WHERE NOT c.relispartition AND c.relname <> '_prisma_migrations'
     AND c.relname !~ '^_prisma_migrations')`;

export const columnsQuery = `
  SELECT r.name AS "table", a.attname AS "column", format_type(a.atttypid, a.atttypmod) AS type,
         a.attnotnull AS "notNull",
         CASE WHEN a.attidentity <> '' THEN 'identity ' || a.attidentity::text
              WHEN a.attgenerated <> '' THEN 'generated ' || pg_get_expr(d.adbin, d.adrelid)
              ELSE pg_get_expr(d.adbin, d.adrelid) END AS "default",
         col_description(r.oid, a.attnum) AS comment,
         (SELECT json_agg(e.enumlabel ORDER BY e.enumsortorder) FROM pg_enum e
           WHERE e.enumtypid = a.atttypid) AS labels
    FROM ${relations} r
    JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped
    LEFT JOIN pg_attrdef d ON d.adrelid = r.oid AND d.adnum = a.attnum
   WHERE r.relkind IN ('r', 'p') AND ${ours('r', 'pg_class')}
   ORDER BY r.name, a.attnum`;

export const viewsQuery = `
  SELECT r.name, encode(sha256(convert_to(pg_get_viewdef(r.oid), 'UTF8')), 'hex') AS text
    FROM ${relations} r
   WHERE r.relkind IN ('v', 'm') AND ${ours('r', 'pg_class')}`;

export const constraintsQuery = `
  SELECT r.name || '.' || c.conname AS name,
         pg_get_constraintdef(c.oid) || CASE WHEN c.convalidated THEN '' ELSE ' NOT VALID' END
           AS text
    FROM pg_constraint c JOIN ${relations} r ON r.oid = c.conrelid
   WHERE ${ours('r', 'pg_class')}`;

export const indexesQuery = `
  SELECT r.name AS name, pg_get_indexdef(r.oid) AS text
    FROM ${relations} r
   WHERE r.relkind IN ('i', 'I') AND ${ours('r', 'pg_class')}`;

export const triggersQuery = `
  SELECT r.name || '.' || t.tgname AS name,
         pg_get_triggerdef(t.oid) || ' ENABLED ' || t.tgenabled::text AS text
    FROM pg_trigger t JOIN ${relations} r ON r.oid = t.tgrelid
   WHERE NOT t.tgisinternal AND ${ours('r', 'pg_class')}
  UNION ALL
  SELECT r.name || '.' || p.polname,
         format('POLICY %s %s USING (%s) CHECK (%s) TO %s', p.polcmd, p.polpermissive,
                pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid),
                p.polroles::regrole[]::text)
    FROM pg_policy p JOIN ${relations} r ON r.oid = p.polrelid
  UNION ALL
  SELECT r.name || '.row_security', format('enabled %s forced %s', r.relrowsecurity, r.relforcerowsecurity)
    FROM ${relations} r WHERE r.relrowsecurity AND ${ours('r', 'pg_class')}`;

const functions = `(
  SELECT p.*, n.nspname AS namespace,
         format('%s.%s(%s)', n.nspname, p.proname, pg_get_function_identity_arguments(p.oid)) AS name
    FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace)`;

export const functionsQuery = `
  SELECT f.name, encode(sha256(convert_to(pg_get_functiondef(f.oid), 'UTF8')), 'hex') AS text
    FROM ${functions} f
   WHERE f.prokind IN ('f', 'p') AND ${ours('f', 'pg_proc')}`;

/** Operations, tables, their columns and row filters. */
export const publicationsQuery = `
  SELECT p.pubname || ' › ' || r.name AS name,
         format('columns (%s) where (%s)',
           (SELECT string_agg(a.attname, ', ' ORDER BY a.attnum) FROM pg_attribute a
             WHERE a.attrelid = r.oid AND a.attnum = ANY (pr.prattrs)),
           pg_get_expr(pr.prqual, pr.prrelid)) AS text
    FROM pg_publication p
    JOIN pg_publication_rel pr ON pr.prpubid = p.oid
    JOIN ${relations} r ON r.oid = pr.prrelid
  UNION ALL
  SELECT p.pubname, format('all tables %s; insert %s, update %s, delete %s, truncate %s; via root %s',
         puballtables, pubinsert, pubupdate, pubdelete, pubtruncate, pubviaroot)
    FROM pg_publication p
  UNION ALL
  SELECT p.pubname || ' › namespace ' || n.nspname, 'all its tables'
    FROM pg_publication_namespace pn
    JOIN pg_publication p ON p.oid = pn.pnpubid JOIN pg_namespace n ON n.oid = pn.pnnspid`;

export const extensionsQuery = `
  SELECT e.extname || ' in ' || n.nspname AS line
    FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace`;

/** An absent list of rights means the built-in one, which for functions is EXECUTE to everybody. */
const rights = `(
  SELECT 'DATABASE' AS object, datacl AS acl, acldefault('d', datdba) AS usual, datdba AS owner
    FROM pg_database WHERE datname = current_database()
  UNION ALL
  SELECT 'SCHEMA ' || nspname, nspacl, acldefault('n', nspowner), nspowner FROM pg_namespace
   WHERE nspname !~ '^(pg_|information_schema$)'
  UNION ALL
  SELECT CASE r.relkind WHEN 'S' THEN 'SEQUENCE ' WHEN 'v' THEN 'VIEW ' ELSE 'TABLE ' END || r.name,
         r.relacl, acldefault(CASE r.relkind WHEN 'S' THEN 's' ELSE 'r' END::"char", r.relowner),
         r.relowner
    FROM ${relations} r
   WHERE r.relkind IN ('r', 'p', 'v', 'm', 'S', 'f') AND ${ours('r', 'pg_class')}
  UNION ALL
  SELECT 'COLUMN ' || r.name || '.' || a.attname, a.attacl, NULL, r.relowner
    FROM pg_attribute a JOIN ${relations} r ON r.oid = a.attrelid
   WHERE a.attacl IS NOT NULL AND ${ours('r', 'pg_class')}
  UNION ALL
  SELECT 'FUNCTION ' || f.name, f.proacl, acldefault('f', f.proowner), f.proowner
    FROM ${functions} f WHERE ${ours('f', 'pg_proc')}
  UNION ALL
  SELECT 'TYPE ' || n.nspname || '.' || t.typname, t.typacl, acldefault('T', t.typowner), t.typowner
    FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
   WHERE t.typtype IN ('e', 'd') AND n.nspname !~ '^(pg_|information_schema$)'
  UNION ALL
  SELECT 'NEW ' || CASE defaclobjtype WHEN 'r' THEN 'TABLES' WHEN 'S' THEN 'SEQUENCES'
           WHEN 'f' THEN 'FUNCTIONS' WHEN 'T' THEN 'TYPES' ELSE 'SCHEMAS' END
         || coalesce(' IN ' || n.nspname, ''), defaclacl, NULL, defaclrole
    FROM pg_default_acl LEFT JOIN pg_namespace n ON n.oid = defaclnamespace)`;

export const grantsQuery = `
  SELECT DISTINCT format('GRANT %s ON %s TO %s%s', g.privilege_type, o.object,
           CASE WHEN g.grantee = 0 THEN 'PUBLIC' ELSE g.grantee::regrole::text END,
           CASE WHEN g.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END) AS line
    FROM ${rights} o, aclexplode(coalesce(o.acl, o.usual)) g
   WHERE g.grantee <> o.owner
     AND NOT (o.object = 'SCHEMA public' AND g.grantee <> 0)`;

export const ownersQuery = `
  SELECT DISTINCT line AS line FROM (
    SELECT r.name || ' belongs to ' || r.relowner::regrole::text AS line
      FROM ${relations} r
     WHERE r.relowner <> $1::text::regrole AND ${ours('r', 'pg_class')}
       AND r.relkind IN ('r', 'p', 'v', 'm', 'S')
    UNION ALL
    SELECT f.name || ' belongs to ' || f.proowner::regrole::text FROM ${functions} f
     WHERE f.proowner <> $1::text::regrole AND ${ours('f', 'pg_proc')}
  ) AS objects`;

/** The cluster's own roles, except its superuser. */
export const rolesQuery = `
  SELECT r.rolname AS name,
         concat_ws(' ',
           CASE WHEN r.rolcanlogin THEN 'LOGIN' END, CASE WHEN r.rolsuper THEN 'SUPERUSER' END,
           CASE WHEN r.rolcreatedb THEN 'CREATEDB' END, CASE WHEN r.rolcreaterole THEN 'CREATEROLE' END,
           CASE WHEN r.rolreplication THEN 'REPLICATION' END,
           CASE WHEN r.rolbypassrls THEN 'BYPASSRLS' END,
           (SELECT 'MEMBER OF ' || string_agg(m.roleid::regrole::text, ', ' ORDER BY 1)
              FROM pg_auth_members m WHERE m.member = r.oid),
           (SELECT 'SET ' || string_agg(s, ', ' ORDER BY s COLLATE "C")
              FROM pg_db_role_setting, unnest(setconfig) s
             WHERE setrole = r.oid AND setdatabase = 0)) AS text
    FROM pg_roles r
   WHERE r.rolname LIKE replace($1, '_', '\\_') AND r.rolname <> $2`;
