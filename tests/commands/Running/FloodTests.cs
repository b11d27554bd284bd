using System.Security.Cryptography;
using Microsoft.Extensions.DependencyInjection;

namespace Errand.Commands.Tests.Running;

/// <summary>A command that writes more than any memory holds, while others read along.</summary>
public sealed class FloodTests : CommandTest
{
    private const string Line = "0123456789abcdefghijklmnopqrstuvwxyz ABCDEFGHIJKLMNOPQRSTUVWXYZ\n";
    private const long Growth = 200 << 20;
    private static readonly long Bytes = Environment.GetEnvironmentVariable("ERRAND_LONG") == "1" ? 10_000_000_000 : 1_000_000_000;

    // The cap is not what is shown here.
    private protected override void Build(ErrandBuilder errand) =>
        errand.UseOutputFolder(PathOf("jobs"), new OutputOptions { MaxBytes = Bytes * 2 });

    [Fact(Timeout = 1_200_000)]
    public async Task B_35_a_flood_is_kept_byte_for_byte_in_flat_memory_with_readers_at_its_start_middle_and_end()
    {
        string wanted = ChecksumOf(0);
        long before = Environment.WorkingSet;
        var job = await SubmitAsync($"yes '{Line.TrimEnd('\n')}' | head -c {Bytes}");
        var start = FollowAsync(job.Id, 0);
        await Wait.ForAsync(async () => (await EndOfLogAsync(job.Id)) > Bytes / 2);
        var middle = FollowAsync(job.Id, Bytes / 2);
        var end = await EndOfAsync(job.Id);
        var last = FollowAsync(job.Id, Bytes - 1_000_000);
        Assert.Equal(JobState.Completed, end.State);
        Assert.Equal((Bytes, 0L, wanted), (end.Outcome!.Output!.Bytes, end.Outcome.Output.Dropped, end.Outcome.Output.Sha256));
        Assert.Equal(wanted, await start);
        Assert.Equal(ChecksumOf(Bytes / 2), await middle);
        Assert.Equal(ChecksumOf(Bytes - 1_000_000), await last);
        long after = Environment.WorkingSet;
        Assert.True(after - before < Growth, $"Memory grew from {before:N0} to {after:N0} bytes.");
    }

    private static string ChecksumOf(long from)
    {
        byte[] line = System.Text.Encoding.ASCII.GetBytes(Line);
        byte[] lines = [.. Enumerable.Repeat(line, 4096).SelectMany(bytes => bytes)];
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (long at = from; at < Bytes;)
        {
            int into = (int)(at % lines.Length);
            int count = (int)Math.Min(lines.Length - into, Bytes - at);
            hash.AppendData(lines.AsSpan(into, count));
            at += count;
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private async Task<long> EndOfLogAsync(JobId id) => (await Jobs.ReadOutputAsync(id, new OutputRange { MaxBytes = 1 }, Token)).End;

    private async Task<string> FollowAsync(JobId id, long offset)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        while (true)
        {
            var slice = await Jobs.ReadOutputAsync(id, new OutputRange { Offset = offset, MaxBytes = 1 << 20 }, Token);
            Assert.Equal(0, slice.Skipped);
            foreach (var chunk in slice.Chunks) hash.AppendData(chunk.Bytes.Span);
            offset = slice.NextOffset;
            if (slice.AtEnd && slice.Completed) return Convert.ToHexStringLower(hash.GetHashAndReset());
            if (slice.AtEnd) await Task.Delay(20, Token);
        }
    }
}
