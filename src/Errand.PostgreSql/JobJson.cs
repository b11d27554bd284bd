using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Errand.Storage;

namespace Errand.PostgreSql;

/// <summary>The parts of a job that no query asks for, each as a small JSON document.</summary>
[JsonSourceGenerationOptions(
    IgnoreReadOnlyProperties = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    Converters = [typeof(JobDataBase64Converter)])]
[JsonSerializable(typeof(IReadOnlyDictionary<string, string>), TypeInfoPropertyName = "Metadata")]
[JsonSerializable(typeof(JobLimits))]
[JsonSerializable(typeof(RetryPolicy))]
[JsonSerializable(typeof(JobProgress))]
[JsonSerializable(typeof(CancelRequest))]
[JsonSerializable(typeof(IReadOnlyList<JobInput>), TypeInfoPropertyName = "Inputs")]
[JsonSerializable(typeof(OutcomeDocument))]
[JsonSerializable(typeof(MoreDocument))]
internal sealed partial class JobJson : JsonSerializerContext
{
    public static byte[]? Write<T>(T? value, JsonTypeInfo<T> type) where T : class =>
        value is null ? null : JsonSerializer.SerializeToUtf8Bytes(value, type);

    public static T Read<T>(byte[] document, JsonTypeInfo<T> type) => JsonSerializer.Deserialize(document, type)!;
}

/// <summary>An outcome without its result, which has a column of its own.</summary>
internal sealed record OutcomeDocument(JobState State, JobError? Error, int? ExitCode, string? Signal, OutputSummary? Output, long? LargeResultBytes)
{
    public static OutcomeDocument? Of(JobOutcome? outcome) =>
        outcome is null ? null : new(outcome.State, outcome.Error, outcome.ExitCode, outcome.Signal, outcome.Output, outcome.LargeResultBytes);

    public JobOutcome ToOutcome(JobData result) =>
        JobOutcome.Of(State) with
        {
            Result = result, Error = Error, ExitCode = ExitCode, Signal = Signal, Output = Output, LargeResultBytes = LargeResultBytes,
        };
}

/// <summary>What of a job no statement looks at, beside what has a column of its own.</summary>
internal sealed record MoreDocument(
    IReadOnlyList<JobCap>? Caps, IReadOnlyList<JobCap>? OwnCaps, IReadOnlyList<DependencyDocument>? After, IReadOnlyList<JobNotice>? Notify,
    bool? Held)
{
    public static MoreDocument? Of(Job job)
    {
        var (caps, own, after, notify) = (job.Caps, job.Spec.Caps, job.Spec.After, job.Spec.Notify);
        if (caps.Count + own.Count + after.Count + notify.Count == 0 && !job.Spec.Held) return null;
        return new(
            caps.Count > 0 ? caps : null, own.Count > 0 ? own : null,
            after.Count > 0 ? [.. after.Select(dependency => new DependencyDocument(dependency.Job.ToString(), dependency.OnAnyEnd))] : null,
            notify.Count > 0 ? notify : null, job.Spec.Held ? true : null);
    }

    public IReadOnlyList<JobDependency> ToAfter() =>
        After is null ? [] : [.. After.Select(dependency => new JobDependency(JobId.Parse(dependency.Job), dependency.OnAnyEnd))];
}

/// <summary>A job that another one starts after.</summary>
internal sealed record DependencyDocument(string Job, bool OnAnyEnd);
