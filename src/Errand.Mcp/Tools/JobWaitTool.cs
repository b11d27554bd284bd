using System.Globalization;
using Errand.Mcp.Wire;
using ModelContextProtocol.Protocol;

namespace Errand.Mcp;

/// <summary>Waits for the end of a job, or for news of it.</summary>
internal sealed class JobWaitTool(IJobClient jobs, IOutputLog output) : ErrandTool
{
    private const int DefaultTimeout = 45_000;
    private const int LongestTimeout = 600_000;
    private const int DigestBudget = 4096;

    protected override string Name => "job_wait";

    protected override string Description => """
        Waits until a job has ended or needs input, and answers with it, its result and a digest of its output. When timeoutMs is over first, the answer
        has timedOut: true and nothing has happened to the job; call job_wait again.
        """;

    protected override string Schema => """
        {
          "type": "object",
          "properties": {
            "id": { "type": "string", "description": "The id of the job." },
            "timeoutMs": { "type": "integer", "minimum": 0, "maximum": 600000, "description": "How many milliseconds to wait at most. Default: 45000." },
            "after": { "type": "string", "description": "The cursor of the last answer: with until \"change\", only what changed since then counts as news." },
            "until": { "enum": ["end", "change"], "description": "What to wait for: the end (or a question), or any change. Default: end." }
          },
          "required": ["id"]
        }
        """;

    protected override async ValueTask<CallToolResult> RunAsync(ToolArguments arguments, CancellationToken cancellationToken)
    {
        var id = arguments.Id();
        var options = new WaitOptions
        {
            Timeout = TimeSpan.FromMilliseconds(arguments.Number("timeoutMs", 0, LongestTimeout) ?? DefaultTimeout),
            AfterVersion = await AfterVersionAsync(id, arguments, cancellationToken),
            OrInput = true,
        };
        bool timedOut = (await jobs.WaitAsync(id, options, cancellationToken)).TimedOut;
        var status = await jobs.StatusAsync(id, cancellationToken);
        var digest = await output.DigestAsync(id, DigestBudget, new() { StripEscapes = true }, cancellationToken);
        var news = new WireNews(WireJob.Of(status), status.Job.Version.ToString(CultureInfo.InvariantCulture), digest.Text, timedOut);
        string text = JobText.Line(status.Job) + (timedOut ? " The wait is over, the job goes on; call job_wait again." : "");
        return Answer(news, WireJson.Wire.WireNews, digest.Text.Length == 0 ? text : $"{text}\nIts output:\n{digest.Text}");
    }

    private async ValueTask<long?> AfterVersionAsync(JobId id, ToolArguments arguments, CancellationToken cancellationToken)
    {
        long? after = arguments.Text("after") is not { } cursor ? null
            : long.TryParse(cursor, NumberStyles.None, CultureInfo.InvariantCulture, out long version) ? version
            : throw new InvalidJobException("after", $"'{cursor}' is not a cursor; give the cursor of the last answer, or leave it out.");
        return arguments.Text("until") switch
        {
            null or "end" => null,
            "change" => after ?? (await jobs.GetAsync(id, cancellationToken)).Version,
            var other => throw new InvalidJobException("until", $"'{other}' is not something to wait for; until must be \"end\" or \"change\"."),
        };
    }
}
