import { configSlice, variable } from '../config-slice.ts';
import { urlText } from '../schemas.ts';

const databaseUrl = (cluster: string) =>
  variable({
    schema: urlText('postgresql', 'postgres'),
    description: `PostgreSQL URL of the ${cluster} database, with the role of this kind of process`,
    secret: true,
  });

/** The shop database alone; the border process needs no other. */
export const shopDatabaseSlice = configSlice({
  title: 'Shop database',
  variables: { ENTREPOT_SHOP_DATABASE_URL: databaseUrl('shop') },
  build: (values) => ({ url: values.ENTREPOT_SHOP_DATABASE_URL }),
});

export const catalogDatabaseSlice = configSlice({
  title: 'Catalog database',
  variables: { ENTREPOT_CATALOG_DATABASE_URL: databaseUrl('catalog') },
  build: (values) => ({ url: values.ENTREPOT_CATALOG_DATABASE_URL }),
});

export const vaultDatabaseSlice = configSlice({
  title: 'Vault database',
  variables: { ENTREPOT_VAULT_DATABASE_URL: databaseUrl('vault') },
  build: (values) => ({ url: values.ENTREPOT_VAULT_DATABASE_URL }),
});
export type DatabaseConfig = ReturnType<typeof shopDatabaseSlice.build>;
