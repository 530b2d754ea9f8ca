/** Where a server listens, before and after it does. */

export type ListenOn =
  | { readonly kind: 'unix'; readonly path: string }
  | {
      readonly kind: 'tcp';
      readonly host: string;
      /** 0 takes any free port. */
      readonly port: number;
    };

export type BoundAddress =
  | { readonly kind: 'unix'; readonly path: string }
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number; readonly url: string };

/** `http://host:port`, with brackets around an IPv6 address. */
export function tcpUrl(host: string, port: number): string {
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}
