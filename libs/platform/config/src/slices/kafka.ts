import { z } from 'zod';
import { configSlice, variable } from '../config-slice.ts';
import { hostPortListText } from '../schemas.ts';

export const kafkaSlice = configSlice({
  title: 'Kafka',
  variables: {
    ENTREPOT_KAFKA_BROKERS: variable({
      schema: hostPortListText,
      description: 'Brokers of this cell: host:port, separated by commas',
      example: '127.0.0.1:9092',
    }),
    ENTREPOT_KAFKA_USERNAME: variable({
      schema: z.string().min(1),
      description: 'SASL user of this kind of process',
      example: 'worker',
    }),
    ENTREPOT_KAFKA_PASSWORD: variable({
      schema: z.string().min(1),
      description: 'SASL password',
      secret: true,
    }),
    ENTREPOT_TOPIC_PREFIX: variable({
      schema: z
        .string()
        .regex(/^[a-z0-9.-]*$/, 'must be lower-case letters, digits, . and -')
        .default(''),
      description: 'Put before every topic name; for tests only',
    }),
  },
  build: (values) => ({
    brokers: values.ENTREPOT_KAFKA_BROKERS,
    username: values.ENTREPOT_KAFKA_USERNAME,
    password: values.ENTREPOT_KAFKA_PASSWORD,
    topicPrefix: values.ENTREPOT_TOPIC_PREFIX,
  }),
});
export type KafkaConfig = ReturnType<typeof kafkaSlice.build>;
