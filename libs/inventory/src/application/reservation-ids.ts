import type { OrderId } from '@entrepot/kernel';
import { v5 } from 'uuid';
import type { PoolId } from '../domain/pool.ts';
import type { ReservationId } from '../domain/reservation.ts';

const reservationNamespace = '6f1d2b7e-4c55-5d0a-9a5e-2f6f0c1b8e11';

/** The name of an order's ask for one pool in one round (UUIDv5, RFC 9562): the same on every retry. */
export const reservationIdOf = (order: OrderId, pool: PoolId, round: number): ReservationId =>
  v5(`${order} ${pool} ${round}`, reservationNamespace) as ReservationId;
