using System.Buffers;
using System.Collections;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;

namespace Errand.Mcp;

/// <summary>What tools take and answer, as what stands in a store, and back.</summary>
internal static class ToolResults
{
    private const string ProblemName = "jsonRpc";
    private const int LongestMessage = 500;
    private static readonly JobData NoArguments = JobData.Parse("{}");
    private static readonly JsonTypeInfo<CallToolResult> ResultType = McpNodes.TypeOf<CallToolResult>();

    /// <summary>A call's arguments as the input of its job.</summary>
    public static JobData ToJson(IDictionary<string, JsonElement>? arguments)
    {
        if (arguments is not { Count: > 0 }) return NoArguments;
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            foreach (var (name, value) in arguments)
            {
                writer.WritePropertyName(name);
                value.WriteTo(writer);
            }
            writer.WriteEndObject();
        }
        return JobData.Trusted(buffer.WrittenMemory);
    }

    /// <summary>The input of a job as a call's arguments.</summary>
    public static Dictionary<string, JsonElement> ToArguments(JobData input)
    {
        var arguments = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        if (!input.IsNone && input.ToElement() is { ValueKind: JsonValueKind.Object } members)
            foreach (var member in members.EnumerateObject()) arguments[member.Name] = member.Value;
        return arguments;
    }

    /// <summary>How a call ended, from what the tool answered.</summary>
    public static JobOutcome ToOutcome(CallToolResult result)
    {
        // Which era the answer is read in is not known yet.
        string? type = result.ResultType;
        result.ResultType = null;
        var data = JobData.From(result, ResultType);
        result.ResultType = type;
        return result.IsError == true ? JobOutcome.Failed(new(JobErrorCodes.Exception, MessageOf(result)), data) : JobOutcome.Completed(data);
    }

    /// <summary>How a call ended, from the error of the protocol that the tool threw.</summary>
    public static JobOutcome ToOutcome(McpProtocolException problem) =>
        JobOutcome.Failed(new(JobErrorCodes.Exception, problem.Message, Retryable: false) { Details = DetailsOf(problem) });

    /// <summary>What the tool answered, from how the call ended.</summary>
    /// <exception cref="McpProtocolException">The call ended with an error of the protocol.</exception>
    public static CallToolResult OfOutcome(JobOutcome outcome)
    {
        if (ProblemOf(outcome) is { } problem) throw ToException(problem);
        if (TryRead(outcome.Result) is { } result) return result;
        string message = outcome.State == JobState.Cancelled
            ? "The call was cancelled."
            : outcome.Error?.Message ?? "The call ended without an answer.";
        return new() { IsError = true, Content = [new TextContentBlock { Text = message }] };
    }

    /// <summary>What a job answers in the words of a tool: a tool's own answer, or any other work's result as one.</summary>
    public static JsonObject ToNode(Job job, JobOutcome outcome, string? resultType)
    {
        var node = DeferrableTool.IsCall(job) ? JsonNode.Parse(outcome.Result.Utf8.Span) as JsonObject : null;
        var result = job.Kind == CommandAnswer.Kind ? CommandAnswer.Of(outcome) : OfOtherWork(outcome);
        node ??= JsonSerializer.SerializeToNode(result, ResultType) as JsonObject;
        if (resultType is not null) node!["resultType"] = resultType;
        return node!;
    }

    /// <summary>What a job returned, as a value: a tool's structured content, else its text, as JSON where it is that.</summary>
    public static JsonElement ValueOf(Job job, JobOutcome outcome)
    {
        if (!DeferrableTool.IsCall(job) || TryRead(outcome.Result) is not { } result) return outcome.Result.ToElement();
        if (result.StructuredContent is { } structured) return structured;
        string text = string.Concat(result.Content.OfType<TextContentBlock>().Select(block => block.Text));
        if (text is ['{' or '[', ..])
        {
            try { return JobData.Parse(text).ToElement(); }
            catch (InvalidJobException)
            {
                // Text that only looks like JSON.
            }
        }
        return JsonSerializer.SerializeToElement(text, JobAnswerJson.Default.String);
    }

    private static CallToolResult OfOtherWork(JobOutcome outcome)
    {
        var result = outcome.Result.IsNone ? default : outcome.Result.ToElement();
        string? text = result.ValueKind == JsonValueKind.String ? result.GetString() : null;
        return new()
        {
            Content = outcome.Result.IsNone ? [] : [new TextContentBlock { Text = text ?? result.GetRawText() }],
            StructuredContent = result.ValueKind == JsonValueKind.Object ? result : null,
            IsError = outcome.Success ? null : true,
        };
    }

    /// <summary>The answer of a tool; none where the data is not one.</summary>
    public static CallToolResult? TryRead(JobData data)
    {
        if (data.IsNone) return null;
        try { return data.As(ResultType); }
        catch (JsonException) { return null; }
    }

    /// <summary>The error of the protocol that a call ended with, if that is how it ended.</summary>
    public static JsonRpcErrorDetail? ProblemOf(JobOutcome outcome)
    {
        if (outcome.Error is not { Details.IsNone: false } error) return null;
        if (error.Details.ToElement() is not { ValueKind: JsonValueKind.Object } details) return null;
        if (!details.TryGetProperty(ProblemName, out var problem)) return null;
        if (!problem.TryGetProperty("code", out var code) || !code.TryGetInt32(out int number)) return null;
        return new() { Code = number, Message = error.Message, Data = problem.TryGetProperty("data", out var data) ? data : null };
    }

    /// <summary>An error of the protocol, as what is kept of it.</summary>
    private static JobData DetailsOf(McpProtocolException problem)
    {
        var kept = new JsonObject { ["code"] = (int)problem.ErrorCode };
        var data = new JsonObject();
        foreach (DictionaryEntry entry in problem.Data)
        {
            if (entry.Key is not string name) continue;
            try { data[name] = JsonSerializer.SerializeToNode(entry.Value, McpJsonUtilities.DefaultOptions.GetTypeInfo(typeof(object))); }
            catch (Exception e) when (e is JsonException or NotSupportedException)
            {
                // The protocol library leaves out what cannot be written, too.
            }
        }
        if (data.Count > 0) kept["data"] = data;
        return JobData.From(new JsonObject { [ProblemName] = kept }, McpNodes.Node);
    }

    private static McpProtocolException ToException(JsonRpcErrorDetail problem)
    {
        var exception = new McpProtocolException(problem.Message, (McpErrorCode)problem.Code);
        if (problem.Data is JsonElement { ValueKind: JsonValueKind.Object } data)
            foreach (var member in data.EnumerateObject()) exception.Data[member.Name] = member.Value;
        return exception;
    }

    private static string MessageOf(CallToolResult result)
    {
        string text = result.Content.OfType<TextContentBlock>().FirstOrDefault()?.Text ?? "The tool's answer says that it is an error.";
        return text.Length <= LongestMessage ? text : $"{text[..LongestMessage]}…";
    }
}
