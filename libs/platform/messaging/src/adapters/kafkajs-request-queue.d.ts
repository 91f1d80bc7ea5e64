declare module 'kafkajs/src/network/requestQueue/index.js' {
  /** What is needed of one connection's queue of requests; kafkajs 2.2.4 has no types for it. */
  export default class RequestQueue {
    readonly pending: readonly unknown[];
    scheduleCheckPendingRequests(): void;
  }
}
