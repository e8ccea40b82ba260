import { BlockList, isIP } from "node:net";

/** Ranges that are not reachable over the public internet, or lead somewhere else: IANA's special-purpose address registries (RFC 6890 and its successors). */
const INNER: readonly (readonly [string, number, "ipv4" | "ipv6"])[] = [
  ["0.0.0.0", 8, "ipv4"],
  ["10.0.0.0", 8, "ipv4"],
  ["100.64.0.0", 10, "ipv4"],
  ["127.0.0.0", 8, "ipv4"],
  ["169.254.0.0", 16, "ipv4"],
  ["172.16.0.0", 12, "ipv4"],
  ["192.0.0.0", 24, "ipv4"],
  ["192.0.2.0", 24, "ipv4"],
  ["192.88.99.0", 24, "ipv4"],
  ["192.168.0.0", 16, "ipv4"],
  ["198.18.0.0", 15, "ipv4"],
  ["198.51.100.0", 24, "ipv4"],
  ["203.0.113.0", 24, "ipv4"],
  ["224.0.0.0", 4, "ipv4"],
  ["240.0.0.0", 4, "ipv4"],
];
/** Of IPv6 only what is handed out as global unicast is public (2000::/3), and of that not these: they hold other addresses, or examples. */
const GLOBAL = ["2000::", 3] as const;
const INNER_OF_GLOBAL: readonly (readonly [string, number])[] = [
  ["2001::", 23],
  ["2001:db8::", 32],
  ["2002::", 16],
  ["3fff::", 20],
];

const inner = new BlockList();
for (const [address, bits, family] of INNER) inner.addSubnet(address, bits, family);
for (const [address, bits] of INNER_OF_GLOBAL) inner.addSubnet(address, bits, "ipv6");
const global = new BlockList();
global.addSubnet(...GLOBAL, "ipv6");

/** True for an address on the public internet; false for inner, local, multicast and special ones, and for what is no address. */
export function isPublicAddress(address: string): boolean {
  const family = isIP(address);
  if (family === 4) return !inner.check(address, "ipv4");
  return family === 6 && global.check(address, "ipv6") && !inner.check(address, "ipv6");
}
