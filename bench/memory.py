"""What PyTorch is measured with besides: a C library that keeps what is freed.

glibc gives large blocks back to the kernel, which clears them anew at every allocation, until blocks as large have been freed often
enough: how fast PyTorch is depends on what its process did before, by up to a half. TensorFlow keeps its memory by itself.
"""

KEPT = {"MALLOC_MMAP_THRESHOLD_": str(1 << 30), "MALLOC_TRIM_THRESHOLD_": str(1 << 32), "MALLOC_TOP_PAD_": str(1 << 26)}
