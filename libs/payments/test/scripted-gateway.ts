import { OutcomeUnknownError } from '@entrepot/kernel';
import type { PaymentId } from '@entrepot/kernel';
import { PaymentGateway } from '../src/application/payment-gateway.ts';
import type {
  AuthorizationRequest,
  GatewayEvent,
  GatewayPayment,
  PaymentReference,
  WebhookRequest,
} from '../src/application/payment-gateway.ts';
import type { PaymentMethod, ProviderState } from '../src/domain/payment.ts';

type Call = 'authorize' | 'capture' | 'void' | 'lookUp';

/** A provider in memory whose answers can be lost; what vendors promise is their contract suite's matter. */
export class ScriptedGateway extends PaymentGateway {
  readonly provider = 'scripted';
  readonly methods: readonly PaymentMethod[] = ['card', 'upi'];
  private readonly states = new Map<PaymentId, ProviderState>();
  private readonly lost = new Set<string>();
  private readonly busy = new Set<PaymentId>();
  private readonly actions = new Set<PaymentId>();
  private readonly calls = new Map<string, number>();
  private readonly made = new Map<PaymentId, number>();
  private readonly tokens = new Map<PaymentId, string | undefined>();
  private events = 0;

  loseAnswerOf(call: Call, id: PaymentId): void {
    this.lost.add(`${call} ${id}`);
  }

  /** Refuses the next capture for a reason that passes. */
  refuseCaptureOf(id: PaymentId): void {
    this.busy.add(id);
  }

  requireActionOf(id: PaymentId): void {
    this.actions.add(id);
  }

  /** As the provider's own staff may do. */
  takeMoneyOf(id: PaymentId): void {
    this.states.set(id, 'captured');
  }

  approve(id: PaymentId): void {
    this.states.set(id, 'authorized');
  }

  callsOf(call: Call, id: PaymentId): number {
    return this.calls.get(`${call} ${id}`) ?? 0;
  }

  paymentsMade(id: PaymentId): number {
    return this.made.get(id) ?? 0;
  }

  webhookAbout(id: PaymentId): WebhookRequest {
    this.events += 1;
    return { body: Buffer.from(`${id} ${this.events}`), headers: {} };
  }

  async authorize({ paymentId, methodToken }: AuthorizationRequest): Promise<GatewayPayment> {
    if (!this.states.has(paymentId)) {
      this.tokens.set(paymentId, methodToken);
      this.made.set(paymentId, this.paymentsMade(paymentId) + 1);
      this.states.set(paymentId, this.actions.has(paymentId) ? 'requires_action' : 'authorized');
    }
    if (this.tokens.get(paymentId) !== methodToken) {
      throw new OutcomeUnknownError('the key was used for another request');
    }
    return this.answer('authorize', paymentId);
  }

  async capture({ paymentId }: PaymentReference): Promise<GatewayPayment> {
    if (!this.busy.delete(paymentId)) this.states.set(paymentId, 'captured');
    return this.answer('capture', paymentId);
  }

  async void({ paymentId }: PaymentReference): Promise<GatewayPayment> {
    if (this.states.get(paymentId) !== 'captured') this.states.set(paymentId, 'voided');
    return this.answer('void', paymentId);
  }

  async lookUp({ paymentId }: PaymentReference): Promise<GatewayPayment | undefined> {
    if (this.lost.delete(`lookUp ${paymentId}`)) throw new OutcomeUnknownError('no answer');
    return this.states.has(paymentId) ? this.shown(paymentId) : undefined;
  }

  readWebhook({ body }: WebhookRequest): GatewayEvent {
    const [id = '', number = ''] = body.toString('utf8').split(' ');
    const paymentId = id as PaymentId;
    const type = 'payment.authorized';
    const state = this.states.get(paymentId) ?? 'authorized';
    return { eventId: `evt_${number}`, type, paymentId, amount: undefined, state };
  }

  private answer(call: Call, id: PaymentId): GatewayPayment {
    const key = `${call} ${id}`;
    this.calls.set(key, (this.calls.get(key) ?? 0) + 1);
    if (this.lost.delete(key)) throw new OutcomeUnknownError('the answer was lost');
    return this.shown(id);
  }

  private shown(id: PaymentId): GatewayPayment {
    const state = this.states.get(id) ?? 'declined';
    return {
      providerReference: id.replace(/[^a-z0-9]/gu, '_'),
      state,
      declineCode: undefined,
      actionUrl: state === 'requires_action' ? 'https://provider.example/approve' : undefined,
    };
  }
}
