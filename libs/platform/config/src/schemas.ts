import { z } from 'zod';

const portMax = 65_535;

/** A TCP port; 0 lets the operating system choose. */
export const portText = z
  .string()
  .regex(/^\d{1,5}$/, 'must be a port number')
  .transform(Number)
  .refine((port) => port <= portMax, `must be at most ${portMax}`);

/** A URL with one of the given schemes (`postgresql`, `redis`, `https`). */
export const urlText = (...schemes: readonly string[]) =>
  z
    .string()
    .refine(
      (text) => URL.canParse(text) && schemes.includes(new URL(text).protocol.slice(0, -1)),
      `must be a URL with the scheme ${schemes.join(' or ')}`,
    );

/** The path of a file; whether it can be read is checked when it is read. */
export const filePathText = z.string().min(1);

/** A secret that can stand in an Authorization header: at least 16 characters, no spaces. */
export const secretText = z
  .string()
  .regex(/^[\x21-\x7e]{16,}$/, 'must be at least 16 visible characters without spaces');

/** Exactly 32 bytes in base64. */
export const keyBytesText = z
  .string()
  .transform((text) => Buffer.from(text, 'base64'))
  .refine((bytes) => bytes.length === 32, 'must be 32 bytes in base64');

/** `10.0.0.0/8,192.168.1.7`: addresses and ranges. */
export const addressListText = z
  .string()
  .transform((text) => text.split(',').map((entry) => entry.trim()))
  .pipe(z.array(z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()])));

/** `host:port,host:port`. */
export const hostPortListText = z
  .string()
  .transform((text) => text.split(',').map((entry) => entry.trim()))
  .refine(
    (entries) => entries.every((entry) => /^[^\s:]+:\d{1,5}$/.test(entry)),
    'must be a list of host:port, separated by commas',
  );

/** `on` or `off`. */
export const switchText = z
  .enum(['on', 'off'], { error: 'must be on or off' })
  .transform((text) => text === 'on');
