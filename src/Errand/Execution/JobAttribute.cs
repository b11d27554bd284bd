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

    /// <summary>How long a caller waits for a call of this kind before it is handed over, in milliseconds. Default: that of <see cref="ErrandOptions.AsyncTimeout"/>.</summary>
    public int AsyncTimeout { get; set; } = -1;

    internal static JobAttribute Of(Type type) => type.GetCustomAttribute<JobAttribute>()
        ?? throw new InvalidJobException("kind", $"The class {type.Name} needs [Job(\"name\")] to say which kind of job it is.");

    internal void ApplyTo(JobKind kind)
    {
        kind.Restartable = Restartable;
        kind.Blocking |= Blocking;
        if (MaxRetries > 0) kind.Retry = new() { MaxRetries = MaxRetries };
        if (AsyncTimeout >= 0) kind.AsyncTimeout = TimeSpan.FromMilliseconds(AsyncTimeout);
        if (WallTime is null) return;
        kind.Limits = TimeSpan.TryParse(WallTime, CultureInfo.InvariantCulture, out var wallTime)
            ? new() { WallTime = wallTime }
            : throw new InvalidJobException("limits.wallTime", $"The kind '{Name}' has a wall time of '{WallTime}'; it must be hh:mm:ss, such as 00:05:00.");
    }
}
