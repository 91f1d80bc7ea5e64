import RequestQueue from 'kafkajs/src/network/requestQueue/index.js';

/*
 * Each open connection of kafkajs 2.2.4 looks at its queue every millisecond, also when nothing waits in
 * it: the idle consumers of one process took a tenth of a core. A queue with nothing in it needs no look;
 * what is pushed later schedules its own. https://github.com/tulios/kafkajs/issues/1704
 */
const schedule = Reflect.get(RequestQueue.prototype, 'scheduleCheckPendingRequests');
RequestQueue.prototype.scheduleCheckPendingRequests = function (this: RequestQueue): void {
  if (this.pending.length > 0) schedule.call(this);
};
