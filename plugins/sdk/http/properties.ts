/** The properties of every task that sends a request: what is sent, and the options of the connection in all their spellings. */
import { Type, type TSchema } from 'typebox';
import { anything, boolean, choice, dynamic, duration, group, integer, listOf, mapOf, optional, text, textOrTexts } from '../schema.ts';

export const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS', 'TRACE'] as const;
export const exchangeLogs = ['REQUEST_HEADERS', 'REQUEST_BODY', 'RESPONSE_HEADERS', 'RESPONSE_BODY'] as const;

/** What is sent, without the address. */
export const requestProperties = (): Record<string, TSchema> => ({
  method: optional(dynamic(choice(methods, { title: 'Method', default: 'GET' }))),
  params: optional(dynamic(mapOf(undefined, { title: 'Query parameters', description: 'Added to the address; a list gives a parameter several times.' }))),
  body: optional(dynamic(anything({ title: 'Body', description: 'A text as it is; a map or list is sent as JSON.' }))),
  formData: optional(dynamic(mapOf(undefined, { title: 'Form', description: 'Values by name, sent as a form. With `contentType: multipart/form-data` the address of a stored file (`kestra://`, `nsfile:///`) or a map `{name, content}` is sent as a file.' }))),
  contentType: optional(dynamic(text({ title: 'Type of the body', description: 'Left out: `application/json`; for a form `application/x-www-form-urlencoded`.' }))),
  headers: optional(dynamic(mapOf(undefined, { title: 'Headers', description: 'Values by name; a list sends a header several times.' }))),
  ...connectionProperties(),
});

/** The options of the connection. */
export const connectionProperties = (): Record<string, TSchema> => ({
  options: optional(group({
    timeout: optional(group({
      connectTimeout: optional(dynamic(duration({ title: 'Time to connect', default: 'PT10S' }))),
      readIdleTimeout: optional(dynamic(duration({ title: 'Time without a byte', default: 'PT10S' }))),
    }, { title: 'Timeouts' })),
    followRedirects: optional(dynamic(boolean({ title: 'Follow redirects', description: 'At most ten. Credentials are not sent to another host.', default: true }))),
    allowFailed: optional(dynamic(boolean({ title: 'Accept every status', default: false }))),
    allowedResponseCodes: optional(dynamic(listOf(Type.Integer(), { title: 'Further status codes that are no failure' }))),
    auth: optional(group({
      type: dynamic(choice(['BASIC', 'BEARER', 'DIGEST'], { title: 'Kind' })),
      username: optional(dynamic(text({ title: 'User' }))),
      password: optional(dynamic(text({ title: 'Password' }))),
      token: optional(dynamic(text({ title: 'Token' }))),
    }, { title: 'Authentication', description: 'BASIC and DIGEST with `username` and `password`, BEARER with `token`.' })),
    proxy: optional(group({
      type: optional(dynamic(choice(['DIRECT', 'HTTP', 'SOCKS'], { title: 'Kind', default: 'DIRECT' }))),
      address: optional(dynamic(text({ title: 'Host' }))),
      port: optional(dynamic(integer({ title: 'Port', minimum: 1, maximum: 65_535 }))),
      username: optional(dynamic(text({ title: 'User' }))),
      password: optional(dynamic(text({ title: 'Password' }))),
    }, { title: 'Proxy', description: 'HTTP (with CONNECT for `https://` addresses) or SOCKS 5.' })),
    logs: optional(listOf(Type.Unsafe<string>({ type: 'string', enum: [...exchangeLogs] }), { title: 'What to log', description: 'At level INFO. Values of headers that carry credentials are replaced by stars.' })),
    defaultCharset: optional(dynamic(text({ title: 'Charset when the answer names none', default: 'UTF-8' }))),
    maxContentLength: optional(dynamic(integer({ title: 'Bytes of the answer at most', minimum: 1 }))),
    ssl: optional(group({ insecureTrustAllCertificates: optional(dynamic(boolean({ title: 'Trust every certificate', default: false }))) }, { title: 'TLS' })),
    ...earlierOptions(),
  }, { title: 'Options of the connection' })),
  sslOptions: optional(group({ insecureTrustAllCertificates: optional(dynamic(boolean({ title: 'Trust every certificate', default: false }))) }, { title: 'TLS', description: 'Earlier form of `options.ssl`.', deprecated: true })),
  allowFailed: optional(dynamic(boolean({ title: 'Accept every status', description: 'With `true` a status from 400 on is no failure.', default: false }))),
});

const earlierOptions = (): Record<string, TSchema> => ({
  connectTimeout: optional(dynamic(duration({ title: 'Time to connect', description: 'Earlier form of `timeout.connectTimeout`.', deprecated: true }))),
  readTimeout: optional(dynamic(duration({ title: 'Time without a byte', description: 'Earlier form of `timeout.readIdleTimeout`.', deprecated: true }))),
  readIdleTimeout: optional(dynamic(duration({ title: 'Time without a byte', description: 'Earlier form of `timeout.readIdleTimeout`.', deprecated: true }))),
  connectionPoolIdleTimeout: optional(dynamic(duration({ title: 'Time an idle connection is kept', description: 'Read and not used: each request has its own connection.', deprecated: true }))),
  basicAuthUser: optional(dynamic(text({ title: 'User', description: 'Earlier form of `auth`.', deprecated: true }))),
  basicAuthPassword: optional(dynamic(text({ title: 'Password', description: 'Earlier form of `auth`.', deprecated: true }))),
  proxyType: optional(dynamic(choice(['DIRECT', 'HTTP', 'SOCKS'], { title: 'Kind of proxy', description: 'Earlier form of `proxy.type`.', deprecated: true }))),
  proxyAddress: optional(dynamic(text({ title: 'Host of the proxy', description: 'Earlier form of `proxy.address`.', deprecated: true }))),
  proxyPort: optional(dynamic(integer({ title: 'Port of the proxy', description: 'Earlier form of `proxy.port`.', deprecated: true }))),
  proxyUsername: optional(dynamic(text({ title: 'User of the proxy', description: 'Earlier form of `proxy.username`.', deprecated: true }))),
  proxyPassword: optional(dynamic(text({ title: 'Password of the proxy', description: 'Earlier form of `proxy.password`.', deprecated: true }))),
  logLevel: optional(dynamic(textOrTexts({ title: 'Level of the client\'s log', description: 'Read and not used: see `logs`.', deprecated: true }))),
});
