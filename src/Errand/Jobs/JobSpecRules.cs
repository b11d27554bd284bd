using System.Buffers;

namespace Errand;

/// <summary>What a spec must be like before anything is started.</summary>
internal static class JobSpecRules
{
    private const int MaxName = 100;
    private const int MaxKind = 160;
    private const int MaxText = 500;
    private const int MaxTags = 50;
    private const int MaxCaps = 20;
    private const int MaxAfter = 100_000;
    // Looked for without an enumerator: every call comes by here.
    private static readonly SearchValues<char> KindLetters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./");
    private static readonly DateTimeOffset Latest = new(2900, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static void Check(JobSpec spec, DateTimeOffset now, int maxPayload)
    {
        CheckKind(spec.Kind);
        if (!ReferenceEquals(spec.Owner, JobSpec.LocalOwner)) CheckName("owner", spec.Owner, required: true);
        CheckName("agent", spec.Agent);
        CheckName("session", spec.Session);
        CheckName("key", spec.Key);
        if (spec.Title is { Length: > MaxText })
            throw new InvalidJobException("title", $"The title has {spec.Title.Length} characters; it may have {MaxText}.");
        if (spec.Priority is < -10 or > 10) throw new InvalidJobException("priority", $"The priority is {spec.Priority}; it must be from -10 to 10.");
        if (spec.Tags.Count > MaxTags) throw new InvalidJobException("tags", $"There are {spec.Tags.Count} tags; there may be {MaxTags}.");
        for (int i = 0; i < spec.Tags.Count; i++) CheckName("tags", spec.Tags[i], required: true);
        if (spec.Input.Length > maxPayload) throw new PayloadTooLargeException("input", spec.Input.Length, maxPayload);
        CheckRunAt(spec.RunAt, now);
        if (spec.After.Count > 0) CheckAfter(spec.After);
        if (spec.Caps.Count > 0) CheckCaps(spec.Caps);
        CheckReuse(spec);
        if (spec.Limits is { } limits) Check(limits);
        if (spec.Retry is { } retry) Check(retry);
    }

    private static void CheckAfter(IReadOnlyList<JobDependency> after)
    {
        if (after.Count > MaxAfter)
            throw new InvalidJobException("after", $"It is to start after {after.Count:N0} jobs; there may be {MaxAfter:N0}. Put steps in between.");
        var seen = new HashSet<JobId>(after.Count);
        foreach (var dependency in after)
        {
            if (dependency.Job.IsEmpty)
                throw new InvalidJobException("after", "A job that it is to start after has no id; use the id that a submit answered with.");
            if (!seen.Add(dependency.Job))
                throw new InvalidJobException("after", $"Job {dependency.Job} is named twice among those that it is to start after.");
        }
    }

    private static void CheckCaps(IReadOnlyList<JobCap> caps)
    {
        if (caps.Count > MaxCaps) throw new InvalidJobException("caps", $"It names {caps.Count} caps; it may name {MaxCaps}.");
        for (int i = 0; i < caps.Count; i++)
        {
            CheckName("caps", caps[i].Name, required: true);
            if (CapOptions.ProblemOf(caps[i].Size) is { } problem) throw new InvalidJobException("caps", $"The cap '{caps[i].Name}': {problem}");
            for (int j = 0; j < i; j++)
                if (caps[j].Name == caps[i].Name) throw new InvalidJobException("caps", $"The cap '{caps[i].Name}' is named twice.");
        }
    }

    private static void CheckReuse(JobSpec spec)
    {
        CheckName("fingerprint", spec.Fingerprint);
        if (spec is { Reuse: not JobReuse.None, Fingerprint: null })
            throw new InvalidJobException(
                "fingerprint", $"Reuse is {spec.Reuse} and there is no fingerprint; make one with JobFingerprint.Of(kind, input).");
        if (spec.KeepFor is { } keep && (keep < TimeSpan.Zero || keep > TimeSpan.FromDays(3650)))
            throw new InvalidJobException("keepFor", $"KeepFor is {keep}; it must be from nothing to ten years, such as 1.00:00:00 for a day.");
    }

    public static void CheckKind(string? kind)
    {
        bool legal = kind is { Length: > 0 and <= MaxKind } && !kind.AsSpan().ContainsAnyExcept(KindLetters);
        if (!legal)
            throw new InvalidJobException(
                "kind", $"'{kind}' is not a kind; a kind has 1 to {MaxKind} letters, digits, '-', '_', '.' and '/', such as 'resize-image'.");
    }

    public static void Check(JobLimits limits)
    {
        if (ProblemOf(limits) is var (parameter, problem)) throw new InvalidJobException(parameter, problem);
    }

    /// <summary>The first thing that is wrong with limits, and where.</summary>
    public static (string Parameter, string Problem)? ProblemOf(JobLimits limits)
    {
        if (limits.WallTime is { } wall && !IsLimit(wall))
            return ("limits.wallTime", $"The wall time is {wall}; it must be positive and at most a year, such as 00:05:00.");
        if (limits.CpuTime is { } cpu && !IsLimit(cpu))
            return ("limits.cpuTime", $"The CPU time is {cpu}; it must be positive and at most a year, such as 00:05:00.");
        if (limits.MemoryBytes is <= 0)
            return ("limits.memoryBytes", $"MemoryBytes is {limits.MemoryBytes}; it must be positive, such as 1073741824 for a GiB.");
        if (limits.OutputBytes is <= 0)
            return ("limits.outputBytes", $"OutputBytes is {limits.OutputBytes}; it must be positive, such as 10485760 for 10 MiB.");
        if (limits.FileBytes is <= 0)
            return ("limits.fileBytes", $"FileBytes is {limits.FileBytes}; it must be positive, such as 1073741824 for a GiB.");
        if (limits.Processes is <= 0) return ("limits.processes", $"Processes is {limits.Processes}; it must be at least 1, such as 100.");
        if (limits.Nice is < -20 or > 19) return ("limits.nice", $"Nice is {limits.Nice}; it must be from -20 to 19, such as 10.");
        if (limits.CpuWeight is < 1 or > 10_000)
            return ("limits.cpuWeight", $"CpuWeight is {limits.CpuWeight}; it must be from 1 to 10000, such as 50 for half the share of others.");
        return null;
    }

    private static bool IsLimit(TimeSpan time) => time > TimeSpan.Zero && time <= TimeSpan.FromDays(365);

    public static void Check(RetryPolicy retry)
    {
        if (retry.MaxRetries is < 0 or > 1000)
            throw new InvalidJobException("retry.maxRetries", $"MaxRetries is {retry.MaxRetries}; it must be from 0 to 1000, such as 3.");
        if (retry.BaseDelay < TimeSpan.Zero)
            throw new InvalidJobException("retry.baseDelay", $"BaseDelay is {retry.BaseDelay}; it must not be negative, such as 00:00:01.");
        if (!double.IsFinite(retry.Factor) || retry.Factor < 1)
            throw new InvalidJobException("retry.factor", $"Factor is {retry.Factor}; it must be at least 1, such as 2.");
        if (retry.MaxDelay < retry.BaseDelay)
            throw new InvalidJobException(
                "retry.maxDelay", $"MaxDelay is {retry.MaxDelay}; it must not be less than BaseDelay, such as {retry.BaseDelay}.");
        if (!(retry.Jitter is >= 0 and <= 1))
            throw new InvalidJobException("retry.jitter", $"Jitter is {retry.Jitter}; it must be from 0 to 1, such as 0.2.");
        if (retry.MaxDelay > TimeSpan.FromDays(365))
            throw new InvalidJobException("retry.maxDelay", $"MaxDelay is {retry.MaxDelay}; it may be a year at most, such as 00:05:00.");
    }

    private static void CheckRunAt(DateTimeOffset? runAt, DateTimeOffset now)
    {
        if (runAt is not { } at) return;
        if (at < now - TimeSpan.FromDays(1))
            throw new InvalidJobException("runAt", $"The run-at time {at:O} lies more than a day in the past; leave it out to run at once.");
        if (at > Latest) throw new InvalidJobException("runAt", $"The run-at time {at:O} is too far away; the latest is {Latest:O}.");
    }

    private static void CheckName(string parameter, string? value, bool required = false)
    {
        if (value is null && !required) return;
        if (string.IsNullOrWhiteSpace(value) || value.Length > MaxName * 2 || HasControl(value))
            throw new InvalidJobException(
                parameter, $"The {parameter} '{Shorten(value)}' must have 1 to {MaxName * 2} characters and no control characters.");
    }

    private static bool HasControl(string value)
    {
        foreach (char c in value)
            if (char.IsControl(c)) return true;
        return false;
    }

    private static string Shorten(string? value) => value is { Length: > 60 } ? string.Concat(value.AsSpan(0, 60), "…") : value ?? "";
}
