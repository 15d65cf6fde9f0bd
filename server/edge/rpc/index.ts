/** JSON-RPC. */
export { createRpc, watchTopic, type RpcOptions } from './rpc.ts';
