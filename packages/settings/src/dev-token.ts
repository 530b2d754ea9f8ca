/** The token of a local installation: `fabro_dev_` and 64 hexadecimal digits. */

const PREFIX = 'fabro_dev_';
const RANDOM_BYTES = 32;
const DEV_TOKEN = /^fabro_dev_[0-9a-f]{64}$/;

/** A new token from 32 random bytes. Keeping it (a file with mode 0600) is the caller's part. */
export function mintDevToken(randomBytes: (count: number) => Uint8Array): string {
  const bytes = randomBytes(RANDOM_BYTES);
  if (bytes.length !== RANDOM_BYTES)
    throw new Error(`asked for ${RANDOM_BYTES} random bytes, got ${bytes.length}`);
  return PREFIX + Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** The token that a file or variable holds, blanks around it ignored; undefined when it is none. */
export function parseDevToken(text: string): string | undefined {
  const token = text.trim();
  return DEV_TOKEN.test(token) ? token : undefined;
}
