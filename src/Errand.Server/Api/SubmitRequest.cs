using System.Text;
using System.Text.Json;

namespace Errand.Server.Api;

/// <summary>What is asked for by <c>POST /jobs</c>.</summary>
internal sealed record SubmitRequest
{
    public string? Kind { get; init; }

    public JsonElement? Input { get; init; }

    public string? Title { get; init; }

    public IReadOnlyList<string>? Tags { get; init; }

    public int Priority { get; init; }

    public DateTimeOffset? RunAt { get; init; }

    public LimitsRequest? Limits { get; init; }

    public RetryRequest? Retry { get; init; }

    public JobSpec ToSpec(string? key) => new(Kind ?? "", Input is { } input ? JobData.Trusted(Encoding.UTF8.GetBytes(input.GetRawText())) : default)
    {
        Title = Title, Tags = Tags ?? [], Priority = Priority, RunAt = RunAt?.ToUniversalTime(), Limits = Limits?.ToLimits(),
        Retry = Retry?.ToPolicy(), Key = key,
    };
}

/// <summary>How far the job may go.</summary>
internal sealed record LimitsRequest
{
    public long? WallTimeMs { get; init; }

    public long? CpuTimeMs { get; init; }

    public long? MemoryBytes { get; init; }

    public long? OutputBytes { get; init; }

    public long? FileBytes { get; init; }

    public int? Processes { get; init; }

    public int? Nice { get; init; }

    public int? CpuWeight { get; init; }

    public JobLimits ToLimits() => new()
    {
        WallTime = WallTimeMs is { } wall ? Milliseconds(wall, "limits.wallTimeMs") : null,
        CpuTime = CpuTimeMs is { } cpu ? Milliseconds(cpu, "limits.cpuTimeMs") : null,
        MemoryBytes = MemoryBytes, OutputBytes = OutputBytes, FileBytes = FileBytes, Processes = Processes, Nice = Nice, CpuWeight = CpuWeight,
    };

    /// <summary>A duration that may be anything that was sent.</summary>
    public static TimeSpan Milliseconds(long value, string parameter) => value is >= 0 and <= int.MaxValue * 1000L
        ? TimeSpan.FromMilliseconds(value)
        : throw new InvalidJobException(parameter, $"{parameter} is {value}; it must not be negative, and at most {int.MaxValue * 1000L} ms.");
}

/// <summary>What happens after a failure.</summary>
internal sealed record RetryRequest(int? MaxRetries, long? BaseDelayMs, double? Factor, long? MaxDelayMs)
{
    public RetryPolicy ToPolicy()
    {
        var standard = new RetryPolicy();
        return new()
        {
            MaxRetries = MaxRetries ?? standard.MaxRetries,
            BaseDelay = BaseDelayMs is { } delay ? LimitsRequest.Milliseconds(delay, "retry.baseDelayMs") : standard.BaseDelay,
            Factor = Factor ?? standard.Factor,
            MaxDelay = MaxDelayMs is { } most ? LimitsRequest.Milliseconds(most, "retry.maxDelayMs") : standard.MaxDelay,
        };
    }
}
