using System.Runtime.InteropServices;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Errand.Sqlite;

/// <summary>The parts of a job that are seldom there, as the JSON in which the file has them.</summary>
[JsonSerializable(typeof(IReadOnlyList<string>))]
[JsonSerializable(typeof(IReadOnlyDictionary<string, string>))]
[JsonSerializable(typeof(JobLimits))]
[JsonSerializable(typeof(RetryPolicy))]
[JsonSerializable(typeof(StoredInput[]))]
[JsonSerializable(typeof(StoredDetails))]
[JsonSerializable(typeof(StoredCap[]))]
[JsonSerializable(typeof(StoredMore))]
internal sealed partial class JobJson : JsonSerializerContext
{
    /// <summary>With letters as they are, for those who look into the file.</summary>
    public static JobJson Readable { get; } = new(new JsonSerializerOptions
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JobDataConverter() },
    });
}

/// <summary>A question of a job.</summary>
internal sealed record StoredInput(
    string Key,
    JobData Request,
    DateTimeOffset AskedAt,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] JobData Answer,
    string? AnsweredBy,
    DateTimeOffset? AnsweredAt)
{
    public static StoredInput Of(JobInput input) => new(input.Key, input.Request, input.AskedAt, input.Answer, input.AnsweredBy, input.AnsweredAt);

    public JobInput ToInput() => new(Key, Request, AskedAt) { Answer = Answer, AnsweredBy = AnsweredBy, AnsweredAt = AnsweredAt };
}

/// <summary>What an outcome has besides its state and its result.</summary>
internal sealed record StoredDetails(
    StoredError? Error,
    int? ExitCode,
    string? Signal,
    OutputSummary? Output,
    long? LargeResultBytes)
{
    /// <summary>The details of an outcome; none where there is nothing to say.</summary>
    public static StoredDetails? Of(JobOutcome outcome) =>
        outcome is { Error: null, ExitCode: null, Signal: null, Output: null, LargeResultBytes: null }
        ? null
        : new(outcome.Error is { } error ? StoredError.Of(error) : null, outcome.ExitCode, outcome.Signal, outcome.Output, outcome.LargeResultBytes);
}

/// <summary>Why a job failed.</summary>
internal sealed record StoredError(
    string Code,
    string Message,
    bool Retryable,
    TimeSpan? RetryAfter,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] JobData Details)
{
    public static StoredError Of(JobError error) => new(error.Code, error.Message, error.Retryable, error.RetryAfter, error.Details);

    public JobError ToError() => new(Code, Message, Retryable) { RetryAfter = RetryAfter, Details = Details };
}

/// <summary>JSON within JSON, byte for byte.</summary>
internal sealed class JobDataConverter : JsonConverter<JobData>
{
    // "No value" is left out by the property; the JSON null is a value like any other.
    public override bool HandleNull => true;

    public override JobData Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var element = JsonElement.ParseValue(ref reader);
        return JobData.Trusted(JsonMarshal.GetRawUtf8Value(element).ToArray());
    }

    public override void Write(Utf8JsonWriter writer, JobData value, JsonSerializerOptions options)
    {
        if (value.IsNone) writer.WriteNullValue();
        else writer.WriteRawValue(value.Utf8.Span, skipInputValidation: true);
    }
}
