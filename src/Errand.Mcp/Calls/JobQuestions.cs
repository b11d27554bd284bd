using System.Buffers;
using System.Text.Json;
using System.Text.Json.Nodes;
using ModelContextProtocol.Protocol;

namespace Errand.Mcp;

/// <summary>Questions of a tool to its client, as questions of its job: anybody who may answer them can, on any surface.</summary>
internal static class JobQuestions
{
    /// <summary>A question: the protocol's own request, by its method and parameters.</summary>
    public static JobData ToJson(string method, JsonNode? parameters) =>
        Write(method, parameters is null ? null : writer => parameters.WriteTo(writer));

    /// <summary>A question: the protocol's own request, by its method and parameters.</summary>
    public static JobData ToJson(string method, JsonElement? parameters) =>
        Write(method, parameters is { ValueKind: not JsonValueKind.Undefined } value ? value.WriteTo : null);

    /// <summary>The request that a job's question is; none where the job asks in words of its own.</summary>
    public static InputRequest? Of(JobInput input)
    {
        var question = input.Request.ToElement();
        if (question.ValueKind != JsonValueKind.Object || !question.TryGetProperty("method", out var method)) return null;
        if (method.ValueKind != JsonValueKind.String) return null;
        return new() { Method = method.GetString()!, Params = question.TryGetProperty("params", out var parameters) ? parameters : null };
    }

    /// <summary>Whether a request of this method can be put to others than the one client of a call.</summary>
    public static bool MayBeAsked(string method) =>
        method is RequestMethods.ElicitationCreate or RequestMethods.SamplingCreateMessage or RequestMethods.RootsList;

    /// <summary>Whether a client has declared that it understands such requests; others must not be sent any.</summary>
    public static bool Understands(ClientCapabilities? client, string method) => method switch
    {
        RequestMethods.ElicitationCreate => client?.Elicitation is not null,
        RequestMethods.SamplingCreateMessage => client?.Sampling is not null,
        RequestMethods.RootsList => client?.Roots is not null,
        _ => false,
    };

    /// <summary>The open questions of a job that a client understands, by their keys.</summary>
    public static Dictionary<string, InputRequest> OpenFor(Job job, ClientCapabilities? client)
    {
        var open = new Dictionary<string, InputRequest>(StringComparer.Ordinal);
        if (job.State != JobState.Waiting) return open;
        foreach (var input in job.Inputs)
            if (input.IsOutstanding && Of(input) is { } request && Understands(client, request.Method)) open[input.Key] = request;
        return open;
    }

    private static JobData Write(string method, Action<Utf8JsonWriter>? parameters)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString("method", method);
            if (parameters is not null)
            {
                writer.WritePropertyName("params");
                parameters(writer);
            }
            writer.WriteEndObject();
        }
        return JobData.Trusted(buffer.WrittenMemory);
    }
}
