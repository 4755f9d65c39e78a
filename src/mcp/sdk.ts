/**
 * All of the SDK's client that runs here. The build makes a file of its own of it
 * (scripts/build.ts), which is loaded when the first server has been dialled.
 */
export {
  Client,
  ProtocolError,
  SdkError,
  SdkErrorCode,
  SdkHttpError,
  StreamableHTTPClientTransport,
  SUPPORTED_PROTOCOL_VERSIONS,
} from '@modelcontextprotocol/client';
