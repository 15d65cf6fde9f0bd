/** The network. The only folder that knows uWebSockets. */
export { openTransport } from './uws.ts';
export { tooLarge } from './request-body.ts';
export type {
  AnswerBody, EventSink, HttpAnswer, HttpHandler, HttpRequest, RequestBody, Socket, SocketHandler, Transport, TransportOptions, UpgradeRequest, Upgraded,
} from './contract.ts';
