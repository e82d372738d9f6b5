/** Certificates are kept by content: the workspace then needs no other file. */
import { z } from 'zod'
import './field'

/** The text of one or more PEM certificates (RFC 7468). @param what it is, for the help of the form */
export const pemCertificate = (what: string) =>
  z
    .string()
    .regex(/-----BEGIN [A-Z ]*CERTIFICATE-----/, 'must be the text of a PEM certificate')
    .optional()
    .meta({ form: { pem: true } })
    .describe(what)
