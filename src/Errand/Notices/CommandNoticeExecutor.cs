using System.ComponentModel;
using System.Globalization;
using System.Text.Json;

namespace Errand;

/// <summary>Tells a job's news to a command of this host.</summary>
internal sealed class CommandNoticeExecutor(NoticeOptions options) : NoticeExecutor
{
    private const int LongestTitle = 500;

    protected override async ValueTask<JobOutcome> TellAsync(NoticeInput input, NoticeMessage message, JobContext job)
    {
        if (input.Command is null || !options.Commands.TryGetValue(input.Command, out var command))
            return Failed(NoticeErrorCodes.Refused, NoticeRules.UnknownCommand(input.Command, options), retryable: false);
        using var timeout = new CancellationTokenSource(options.CommandTimeout, job.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, job.CancellationToken);
        try
        {
            byte[] json = JsonSerializer.SerializeToUtf8Bytes(message, NoticeJson.Default.NoticeMessage);
            int exitCode = await CommandRun.ToEndAsync(command, EnvironmentOf(message), json, job, either.Token);
            return exitCode == 0 ? Done()
                : Failed(NoticeErrorCodes.Failed, $"The command '{input.Command}' ended with exit code {exitCode}; see its output.", retryable: true);
        }
        catch (Win32Exception e)
        {
            return Failed(JobErrorCodes.StartFailed, $"The command '{input.Command}' could not be started: {e.Message}", retryable: false);
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested && !job.CancellationToken.IsCancellationRequested)
        {
            string limit = options.CommandTimeout.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture);
            return Failed(JobErrorCodes.Timeout, $"The command '{input.Command}' ran for more than {limit} s and was killed.", retryable: true);
        }
    }

    private static Dictionary<string, string> EnvironmentOf(NoticeMessage message) => new()
    {
        ["ERRAND_NOTICE"] = message.Type,
        ["ERRAND_JOB_ID"] = message.Job.Id,
        ["ERRAND_JOB_STATE"] = message.Job.State,
        ["ERRAND_JOB_KIND"] = message.Job.Kind,
        ["ERRAND_JOB_TITLE"] = OneLine(message.Job.Title ?? ""),
    };

    // A variable cannot hold a zero, and nobody expects it to hold lines.
    private static string OneLine(string title) =>
        string.Create(Math.Min(title.Length, LongestTitle), title, static (line, text) =>
        {
            for (int i = 0; i < line.Length; i++) line[i] = char.IsControl(text[i]) ? ' ' : text[i];
        });
}
