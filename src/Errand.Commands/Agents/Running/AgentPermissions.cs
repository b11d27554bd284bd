using System.Buffers;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;

namespace Errand.Commands;

/// <summary>Asks a person whether an agent may use a tool.</summary>
/// <param name="job">The job that waits for the answer.</param>
/// <param name="agent">The name of the agent.</param>
internal sealed class AgentPermissions(JobContext job, string agent)
{
    private const int MaxInput = 64 * 1024;

    /// <summary>Asks, and waits as long as it takes.</summary>
    /// <returns>Whether the agent may, and what the person says to it.</returns>
    /// <exception cref="OperationCanceledException">The job is over.</exception>
    public async Task<(bool Allow, string? Message)> AskAsync(AgentPermissionRequest request)
    {
        var question = QuestionOf(request);
        var jobs = job.Services.GetRequiredService<IJobClient>();
        while (true)
        {
            await job.AskAsync(question);
            // Questions are numbered within a job, over its attempts: what comes back may be the answer to what an earlier attempt asked
            // under this number. Whoever has let the agent list a folder has not let it remove one.
            var kept = await jobs.GetAsync(job.Id);
            if (kept.Inputs.FirstOrDefault(input => !input.IsOutstanding && input.Request == question) is { } answered) return Read(answered.Answer);
        }
    }

    private JobData QuestionOf(AgentPermissionRequest request)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("kind", "permission");
            json.WriteBoolean("onlyPerson", true);
            json.WriteString("message", $"{agent} asks for permission to use {request.Tool}{(request.Reason is { } reason ? $": {reason}" : "")}.");
            json.WriteString("tool", request.Tool);
            json.WritePropertyName("input");
            if (request.Input.Length <= MaxInput) json.WriteRawValue(request.Input.Utf8.Span);
            else json.WriteStringValue($"{Encoding.UTF8.GetString(request.Input.Utf8.Span[..MaxInput])}… ({request.Input.Length:N0} bytes)");
            json.WriteString("request", request.Id);
            json.WriteNumber("attempt", job.Attempt);
            json.WriteEndObject();
        }
        return JobData.Trusted(buffer.WrittenMemory);
    }

    private static (bool Allow, string? Message) Read(JobData answer) => (CommandConsent.IsYes(answer), answer.ToElement().Text("message"));
}
