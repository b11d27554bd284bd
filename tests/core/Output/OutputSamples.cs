using System.Text;

namespace Errand.Tests.Output;

/// <summary>Logs with given content, written in pieces that chance cuts.</summary>
internal static class OutputSamples
{
    public static readonly JobId Job = JobId.New(DateTimeOffset.UnixEpoch.AddYears(60));

    public static CancellationToken Token => TestContext.Current.CancellationToken;

    public static Random Chance()
    {
        int seed = Environment.ProcessId ^ (int)TimeProvider.System.GetTimestamp();
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        return new Random(seed);
    }

    public static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);

    public static MemoryOutputLog LogOf(string text, Random? random = null) => LogOf(Utf8(text), [], random);

    /// <summary>A log of both streams, which take turns as chance has it; without chance, one after the other.</summary>
    public static MemoryOutputLog LogOf(byte[] first, byte[] second, Random? random = null)
    {
        var log = new MemoryOutputLog(new() { MaxBytes = 64 << 20, HeadBytes = 1 << 20 });
        var writer = log.Open(Job, 1);
        int[] done = [0, 0];
        byte[][] streams = [first, second];
        while (done[0] < first.Length || done[1] < second.Length)
        {
            int stream = random?.Next(2) ?? (done[0] < first.Length ? 0 : 1);
            int most = random is null ? int.MaxValue : random.Next(1, random.Next(2) == 0 ? 4 : 50);
            int length = Math.Min(streams[stream].Length - done[stream], most);
            writer.Write((OutputStream)stream, streams[stream].AsSpan(done[stream], length));
            done[stream] += length;
        }
        return log;
    }

    public static async Task<List<OutputLine>> LinesAsync(this IOutputLog log, OutputView? view = null)
    {
        var lines = new List<OutputLine>();
        await foreach (var line in log.ReadLinesAsync(Job, view ?? new(), Token)) lines.Add(line);
        return lines;
    }

    public static async Task<string[]> TextsAsync(this IOutputLog log, OutputView? view = null) =>
        [.. (await log.LinesAsync(view)).Select(line => line.Text)];

    public static void Write(this OutputWriter writer, string text, OutputStream stream = OutputStream.Out) => writer.Write(stream, Utf8(text));

    public static async Task<string> TextAsync(this IOutputLog log, int? attempt = null)
    {
        var slice = await log.ReadAsync(Job, new() { Attempt = attempt, MaxBytes = OutputRange.LargestMaxBytes }, Token);
        Assert.True(slice.AtEnd);
        return string.Concat(slice.Chunks.Select(chunk => Encoding.UTF8.GetString(chunk.Bytes.Span)));
    }
}
