using BenchmarkDotNet.Running;
using TrustService.Benchmarks;

BenchmarkSwitcher.FromAssembly(typeof(SampleRepository).Assembly).Run(args, new ShortRunConfig());
