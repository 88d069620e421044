import ipaddr from 'ipaddr.js';
import { AppError } from '#domain/errors.ts';

type Address = ipaddr.IPv4 | ipaddr.IPv6;

/** Says of a literal IP address whether it may be connected to. */
export type AddressGuard = (address: string) => boolean;

// IANA has given out global unicast from this block alone; the rest of the IPv6 space embeds other
// addresses (::/96, 64:ff9b::/96, ::ffff:0:0:0/96), is local, or leads nowhere.
const GLOBAL_UNICAST = ipaddr.IPv6.parseCIDR('2000::/3');
// Azure's platform answers its machines at an address that looks like any other.
const PLATFORM = ipaddr.IPv4.parseCIDR('168.63.129.16/32');
// ISATAP (RFC 5214, 6.1) hides an IPv4 address behind these in the lower half of any prefix.
const ISATAP: readonly number[] = [0x0000, 0x0200];
const ISATAP_MARK = 0x5efe;
// `::8.8.8.8` is in ::/96 and leads nowhere, but ipaddr.js takes it for `::ffff:8.8.8.8`.
const IPV4_COMPATIBLE = /^::\d+\./;

/**
 * A guard that lets globally routable addresses pass, and those inside `allowNetworks` (CIDRs).
 * An IPv4-mapped IPv6 address is judged as the IPv4 address that it reaches. Throws
 * `invalid_config` when a CIDR cannot be read.
 */
export function createAddressGuard(allowNetworks: readonly string[]): AddressGuard {
  const allowed = allowNetworks.map(parseNetwork);
  return (text) => {
    const address = parseAddress(text);
    if (address === null) return false;
    return isGlobal(address) || allowed.some((network) => contains(network, address));
  };
}

function parseNetwork(cidr: string): [Address, number] {
  try {
    return ipaddr.parseCIDR(cidr);
  } catch (cause) {
    throw new AppError(
      'invalid_config',
      `"${cidr}" is no network; write it as CIDR, such as 127.0.0.0/8 or fd00::/8`,
      { cause, param: 'allowNetworks' },
    );
  }
}

/** Four-part decimal or IPv6 only: URLs and resolvers have normalised every other notation. */
function parseAddress(text: string): Address | null {
  if (IPV4_COMPATIBLE.test(text)) return null;
  if (ipaddr.IPv4.isValidFourPartDecimal(text)) return ipaddr.IPv4.parse(text);
  if (!ipaddr.IPv6.isValid(text)) return null;
  const address = ipaddr.IPv6.parse(text);
  return address.isIPv4MappedAddress() ? address.toIPv4Address() : address;
}

function isGlobal(address: Address): boolean {
  if (address.range() !== 'unicast') return false;
  if (!(address instanceof ipaddr.IPv6)) return !contains(PLATFORM, address);
  const [, , , , upper = 0, mark] = address.parts;
  if (mark === ISATAP_MARK && ISATAP.includes(upper)) return false;
  return address.zoneId === undefined && contains(GLOBAL_UNICAST, address);
}

function contains([network, bits]: readonly [Address, number], address: Address): boolean {
  return network.kind() === address.kind() && address.match(network, bits);
}
