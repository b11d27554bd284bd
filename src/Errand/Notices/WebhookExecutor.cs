using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;

namespace Errand;

/// <summary>Tells a job's news by an HTTP request, signed by the Standard Webhooks convention.</summary>
internal sealed class WebhookExecutor(NoticeOptions options, WebhookRules rules, WebhookSender sender) : NoticeExecutor
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(1);

    protected override async ValueTask<JobOutcome> TellAsync(NoticeInput input, NoticeMessage message, JobContext job)
    {
        string host = JobNotice.HostOf(input.Url);
        using var timeout = new CancellationTokenSource(options.WebhookTimeout, job.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, job.CancellationToken);
        try
        {
            // Once more: another process, with other rules, may have taken the job in.
            using var request = RequestOf(rules.Check(input.Url), message, job);
            using var response = await sender.SendAsync(request, either.Token);
            return OutcomeOf(response, host, job.Time.GetUtcNow());
        }
        catch (InvalidJobException refusal)
        {
            return Failed(NoticeErrorCodes.Refused, refusal.Message, retryable: false);
        }
        catch (HttpRequestException e) when (e.InnerException is InvalidJobException refusal)
        {
            return Failed(NoticeErrorCodes.Refused, refusal.Message, retryable: false);
        }
        catch (HttpRequestException e)
        {
            return Failed(NoticeErrorCodes.Failed, $"{host} could not be reached: {e.Message}", retryable: true);
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested && !job.CancellationToken.IsCancellationRequested)
        {
            string waited = options.WebhookTimeout.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture);
            return Failed(NoticeErrorCodes.Failed, $"{host} did not answer within {waited} s.", retryable: true);
        }
    }

    private HttpRequestMessage RequestOf(Uri url, NoticeMessage message, JobContext job)
    {
        byte[] body = JsonSerializer.SerializeToUtf8Bytes(message, NoticeJson.Default.NoticeMessage);
        // The same at every attempt, so that whoever gets a notice twice can tell.
        string id = job.Id.ToString();
        string timestamp = job.Time.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new("application/json");
        request.Headers.Add("webhook-id", id);
        request.Headers.Add("webhook-timestamp", timestamp);
        request.Headers.Add("webhook-signature", WebhookSecret.Sign(rules.SecretFor(url), id, timestamp, body));
        request.Headers.UserAgent.Add(new("Errand", null));
        return request;
    }

    private static JobOutcome OutcomeOf(HttpResponseMessage response, string host, DateTimeOffset now)
    {
        int status = (int)response.StatusCode;
        if (response.IsSuccessStatusCode) return Done(status);
        if (response.StatusCode is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests || status >= 500)
            return Later(status, host, RetryAfter(response.Headers.RetryAfter, now));
        string what = status is >= 300 and < 400
            ? "Redirects are not followed: name the address that it leads to."
            : status == (int)HttpStatusCode.Gone ? "It takes no more notices." : "See what its log says about the request.";
        return Failed(NoticeErrorCodes.Refused, $"{host} answered {status}. {what}", retryable: false);
    }

    private static JobOutcome Later(int status, string host, TimeSpan? after)
    {
        string when = after is { } wait ? $" and asked for a retry after {wait.TotalSeconds.ToString("0", CultureInfo.InvariantCulture)} s" : "";
        return JobOutcome.Failed(new JobError(NoticeErrorCodes.Failed, $"{host} answered {status}{when}.") { RetryAfter = after });
    }

    private static TimeSpan? RetryAfter(RetryConditionHeaderValue? header, DateTimeOffset now) =>
        (header?.Delta ?? header?.Date - now) is { } wait && wait > TimeSpan.Zero ? wait < LongestWait ? wait : LongestWait : null;
}
