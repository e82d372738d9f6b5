/** Network and TLS errors in the words of the person who has to mend them. */

export const REASONS: Readonly<Record<string, (where: string) => string>> = {
  ECONNREFUSED: (where) => `nothing listens at ${where}`,
  ENOTFOUND: (where) => `the host of ${where} is not known; check the name`,
  EAI_AGAIN: (where) => `the name of ${where} cannot be looked up now; check the network`,
  ETIMEDOUT: (where) => `no answer from ${where}; check address and firewall`,
  EHOSTUNREACH: (where) => `${where} cannot be reached from this network`,
  ENETUNREACH: (where) => `${where} cannot be reached from this network`,
  ECONNRESET: (where) => `${where} closed the connection`,
  EPIPE: (where) => `${where} closed the connection`,
  EADDRINUSE: (where) => `the port of ${where} is in use by another program`,
  EADDRNOTAVAIL: (where) => `${where} is no address of this machine`,
  EACCES: (where) => `this user may not open ${where}`,
  DEPTH_ZERO_SELF_SIGNED_CERT: (where) => `the certificate of ${where} is self-signed; give its CA certificate`,
  SELF_SIGNED_CERT_IN_CHAIN: (where) =>
    `the certificate of ${where} is signed by an unknown authority; give its CA certificate`,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: (where) =>
    `the certificate of ${where} is signed by an unknown authority; give its CA certificate`,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: (where) =>
    `the certificate of ${where} is signed by an unknown authority; give its CA certificate`,
  CERT_HAS_EXPIRED: (where) => `the certificate of ${where} has expired`,
  ERR_TLS_CERT_ALTNAME_INVALID: (where) => `the certificate of ${where} is for another host name`,
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: (where) => `${where} wants a certificate of the client`,
  EPROTO: (where) => `${where} does not speak TLS on this port`,
  ERR_SSL_WRONG_VERSION_NUMBER: (where) => `${where} does not speak TLS on this port`,
}

export function networkReason(error: unknown, where: string): string {
  // A host with several addresses fails with one error for each.
  const first = error instanceof AggregateError && error.errors.length > 0 ? (error.errors[0] as unknown) : error
  const code = first instanceof Error && 'code' in first ? String(first.code) : ''
  if (code.startsWith('ERR_OSSL_')) return `the certificate or its key cannot be read: ${code}`
  return REASONS[code]?.(where) ?? (first instanceof Error && first.message !== '' ? first.message : String(first))
}
