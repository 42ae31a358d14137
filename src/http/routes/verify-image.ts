import { verifyImage } from '../../api/verifications.ts';
import { ok } from '../../core/fault.ts';
import { bindRoute } from '../edge.ts';
import { explanationsOf } from '../explain-result.ts';
import { pastStateOf } from '../past-state.ts';
import { jsonReply } from '../reply.ts';

export const verifyImageRoute = bindRoute(verifyImage, async ({ caller, body }, { service, metrics }) => {
  const { subject, repository, asOf, record, environment } = body;
  const image = {
    digest: subject,
    ...(repository === undefined ? {} : { repository }),
    ...(asOf === undefined ? {} : { asOf: pastStateOf(asOf) }),
    ...(environment === undefined ? {} : { environment }),
  };
  if (record) {
    const answer = await service.recordVerdict(caller, image);
    if (!answer.ok) return answer;
    const { result, recorded } = answer.value;
    metrics.countAppend(recorded.duplicate);
    const verification = { ...result, explanations: explanationsOf(result), recorded };
    return ok(jsonReply(verification, 201, { location: `/v1/entries/${recorded.seq}` }));
  }
  const result = await service.verifyCustody(caller, image);
  return result.ok ? ok(jsonReply({ ...result.value, explanations: explanationsOf(result.value) })) : result;
});
