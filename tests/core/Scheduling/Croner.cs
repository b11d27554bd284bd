using System.Diagnostics;
using System.Text.Json;

namespace Errand.Tests.Scheduling;

/// <summary>croner, the cron of another house, run by Node with Node's own time zone data. What it needs it installs, from its lock file.</summary>
internal static class Croner
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Scheduling", "oracle");
    private static readonly Lazy<bool> Installed = new(Install);
    private static readonly JsonSerializerOptions Web = new(JsonSerializerDefaults.Web);

    /// <summary>The version of Node's time zone data.</summary>
    public static string? Data { get; private set; }

    /// <summary>When the clocks of zones change.</summary>
    public static ZoneChange[][] Changes(IReadOnlyList<ZoneYears> zones) =>
        [.. Ask<long[][]>(new { Changes = zones.Select(zone => new { zone.Zone, From = Second(zone.From), To = Second(zone.To) }) })
            .Select(changes => changes.Select(change => new ZoneChange(Time(change[0]), Offset(change[1]), Offset(change[2]))).ToArray())];

    /// <summary>What comes next.</summary>
    public static DateTimeOffset[][] Next(IReadOnlyList<CronQuestion> questions) =>
        [.. Ask<long[]>(new { Next = questions.Select(of => new { of.Zone, of.Cron, After = of.After.ToUnixTimeSeconds(), of.Count }) })
            .Select(answer => answer.Select(DateTimeOffset.FromUnixTimeSeconds).ToArray())];

    private static T[] Ask<T>(object question)
    {
        _ = Installed.Value;
        var answer = JsonSerializer.Deserialize<Answer<T>>(Run("node", ["oracle.mjs"], JsonSerializer.Serialize(question, Web)), Web)!;
        Data = answer.Data;
        return answer.Answers;
    }

    private static bool Install()
    {
        string installed = Path.Combine(Folder, "node_modules", ".package-lock.json");
        string wanted = Path.Combine(Folder, "package-lock.json");
        if (!File.Exists(installed) || File.GetLastWriteTimeUtc(installed) < File.GetLastWriteTimeUtc(wanted))
        {
            Run("npm", ["ci", "--no-audit", "--no-fund"], "");
            File.SetLastWriteTimeUtc(installed, File.GetLastWriteTimeUtc(wanted));
        }
        return true;
    }

    private static string Run(string program, string[] arguments, string input)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = Folder, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        Process process;
        try { process = Process.Start(start)!; }
        catch (Exception e)
        {
            throw new InvalidOperationException($"Node 20 or later, with npm, is needed on the PATH; '{program}' did not start: {e.Message}", e);
        }
        using (process)
        {
            var output = process.StandardOutput.ReadToEndAsync();
            var errors = process.StandardError.ReadToEndAsync();
            process.StandardInput.Write(input);
            process.StandardInput.Close();
            if (!process.WaitForExit(TimeSpan.FromMinutes(3))) process.Kill(entireProcessTree: true);
            process.WaitForExit();
            if (process.ExitCode == 0) return output.Result;
            throw new InvalidOperationException($"{program} {arguments[0]} ended with {process.ExitCode}: {errors.Result}");
        }
    }

    private static long Second(DateTime utc) => new DateTimeOffset(utc, TimeSpan.Zero).ToUnixTimeSeconds();

    private static DateTime Time(long second) => DateTimeOffset.FromUnixTimeSeconds(second).UtcDateTime;

    private static TimeSpan Offset(long seconds) => TimeSpan.FromSeconds(seconds);

    private sealed record Answer<T>(string Data, T[] Answers);
}

/// <summary>A zone over some years of UTC.</summary>
internal sealed record ZoneYears(string Zone, int FirstYear, int EndYear)
{
    public DateTime From => new(FirstYear, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    public DateTime To => new(EndYear, 1, 1, 0, 0, 0, DateTimeKind.Utc);
}

/// <summary>A change of clocks.</summary>
internal readonly record struct ZoneChange(DateTime At, TimeSpan Before, TimeSpan After);

/// <summary>What comes after a moment, so many times.</summary>
internal sealed record CronQuestion(string Zone, string Cron, DateTimeOffset After, int Count)
{
    public DateTimeOffset[] Ours()
    {
        var cron = CronExpression.Parse(Cron);
        var zone = TimeZones.Find(Zone);
        var times = new List<DateTimeOffset>();
        for (var next = cron.Next(After, zone); next is { } time && times.Count < Count; next = cron.Next(time, zone)) times.Add(time);
        return [.. times];
    }
}
