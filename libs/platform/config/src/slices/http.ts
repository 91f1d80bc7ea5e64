import { z } from 'zod';
import { configSlice, variable } from '../config-slice.ts';
import { addressListText, portText, secretText, switchText, urlText } from '../schemas.ts';

/** The public HTTP surface of an API process. */
export const httpSlice = configSlice({
  title: 'Public HTTP',
  variables: {
    ENTREPOT_HTTP_HOST: variable({
      schema: z.string().min(1),
      description: 'Address to listen on',
      example: '127.0.0.1',
    }),
    ENTREPOT_HTTP_PORT: variable({
      schema: portText,
      description: 'Port to listen on',
      example: '8080',
    }),
    ENTREPOT_TRUSTED_PROXIES: variable({
      schema: addressListText.optional(),
      description:
        'Addresses or CIDR ranges of the proxies in front, separated by commas; their X-Forwarded-For is believed',
    }),
    ENTREPOT_EXPLORERS: variable({
      schema: switchText.optional(),
      description:
        'on or off: /docs, /openapi.json and GraphQL introspection; off in production unless said',
    }),
  },
  build: (values) => ({
    host: values.ENTREPOT_HTTP_HOST,
    port: values.ENTREPOT_HTTP_PORT,
    trustedProxies: values.ENTREPOT_TRUSTED_PROXIES ?? [],
    explorers: values.ENTREPOT_EXPLORERS,
  }),
});
export type HttpConfig = ReturnType<typeof httpSlice.build>;

/** How a process reaches the border process of its own cell. */
export const borderClientSlice = configSlice({
  title: 'The border process, seen from its own cell',
  variables: {
    ENTREPOT_BORDER_INTERNAL_URL: variable({
      schema: urlText('http'),
      description: 'Where the border process answers its own cell, on the loopback address',
      example: 'http://127.0.0.1:8090',
    }),
    ENTREPOT_BORDER_INTERNAL_SECRET: variable({
      schema: secretText,
      description: 'Bearer secret between the border process and its own cell',
      secret: true,
    }),
  },
  build: (values) => ({
    url: values.ENTREPOT_BORDER_INTERNAL_URL,
    secret: values.ENTREPOT_BORDER_INTERNAL_SECRET,
  }),
});
export type BorderClientConfig = ReturnType<typeof borderClientSlice.build>;
