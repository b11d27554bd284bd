using System.Globalization;
using System.Reflection;

namespace Errand;

/// <summary>Names a class or a method as a kind of job, and says what holds for jobs of that kind.</summary>
/// <param name="name">The name of the kind.</param>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method, Inherited = false)]
public sealed class JobAttribute(string name) : Attribute
{
    /// <summary>The name of the kind.</summary>
    public string Name { get; } = name;

    /// <summary>Whether work that was cut off by the death of its process may run again from its start. Default: false.</summary>
    public bool Restartable { get; set; }

    /// <summary>Whether the body blocks its thread. Default: false.</summary>
    public bool Blocking { get; set; }

    /// <summary>How long one attempt may run, as <c>hh:mm:ss</c>. Default: that of <see cref="ErrandOptions.DefaultLimits"/>.</summary>
    public string? WallTime { get; set; }

    /// <summary>How often a failed attempt is tried again. Default: not at all.</summary>
    public int MaxRetries { get; set; }

    /// <summary>
    /// How long a caller waits for a call of this kind before it is handed over, in milliseconds. Default: that of
    /// <see cref="ErrandOptions.AsyncTimeout"/>.
    /// </summary>
    public int AsyncTimeout { get; set; } = -1;

    /// <summary>The delay before the first retry, as hh:mm:ss. Default: 1 s, doubled with each further one.</summary>
    public string? RetryDelay { get; set; }

    /// <summary>No delay between retries is longer than this, as hh:mm:ss. Default: 5 minutes.</summary>
    public string? MaxRetryDelay { get; set; }

    /// <summary>How many of its jobs may run at once, over all processes. Default: any number.</summary>
    public int MaxRunning { get; set; }

    internal static JobAttribute Of(Type type) => type.GetCustomAttribute<JobAttribute>()
        ?? throw new InvalidJobException("kind", $"The class {type.Name} needs [Job(\"name\")] to say which kind of job it is.");

    internal void ApplyTo(JobKind kind)
    {
        kind.Restartable = Restartable;
        kind.Blocking |= Blocking;
        if (MaxRetries > 0) kind.Retry = Retry();
        else if ((RetryDelay ?? MaxRetryDelay) is not null)
            throw new InvalidJobException("retry.maxRetries", $"The kind '{Name}' has a delay between retries and no retries; add MaxRetries = 3.");
        if (MaxRunning != 0) kind.Cap = new() { Running = MaxRunning };
        if (AsyncTimeout >= 0) kind.AsyncTimeout = TimeSpan.FromMilliseconds(AsyncTimeout);
        if (WallTime is not null) kind.Limits = new() { WallTime = Time("limits.wallTime", WallTime) };
    }

    private RetryPolicy Retry()
    {
        var policy = new RetryPolicy { MaxRetries = MaxRetries };
        if (RetryDelay is not null) policy = policy with { BaseDelay = Time("retry.baseDelay", RetryDelay) };
        return MaxRetryDelay is null ? policy : policy with { MaxDelay = Time("retry.maxDelay", MaxRetryDelay) };
    }

    private TimeSpan Time(string parameter, string text) => TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var time)
        ? time
        : throw new InvalidJobException(parameter, $"The kind '{Name}' has a {parameter} of '{text}'; it must be hh:mm:ss, such as 00:05:00.");
}
